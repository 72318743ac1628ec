/// A place in the patient in millimetres: NIfTI's world, x to the patient's right, y to the front, z to the head.
public struct WorldPoint: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var z: Double

    public init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }
}

/// A place in a volume's grid; whole numbers are voxel centres.
public struct GridPoint: Hashable, Sendable {
    public var i: Double
    public var j: Double
    public var k: Double

    public init(i: Double, j: Double, k: Double) {
        self.i = i
        self.j = j
        self.k = k
    }
}

/// The map from grid points to millimetres: world = columns · (i, j, k) + origin.
public struct Affine: Hashable, Sendable {
    /// The world vectors, in mm, of one step along i, j and k.
    public var i: SIMD3<Double>
    public var j: SIMD3<Double>
    public var k: SIMD3<Double>
    /// The world position, in mm, of the centre of voxel (0, 0, 0).
    public var origin: SIMD3<Double>

    public init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>, origin: SIMD3<Double>) {
        self.i = i
        self.j = j
        self.k = k
        self.origin = origin
    }

    /// Axes along the world's, in the given order and spacing (mm).
    public init(order: VoxelOrder, spacing: Spacing, origin: WorldPoint = WorldPoint(x: 0, y: 0, z: 0)) {
        func column(_ direction: AnatomicalDirection, _ length: Double) -> SIMD3<Double> {
            var column = SIMD3<Double>()
            column[direction.worldAxis] = direction.isPositive ? length : -length
            return column
        }
        self.init(
            i: column(order.i, spacing.i), j: column(order.j, spacing.j), k: column(order.k, spacing.k),
            origin: [origin.x, origin.y, origin.z])
    }

    public var columns: [SIMD3<Double>] { [i, j, k] }

    public func world(of point: GridPoint) -> WorldPoint {
        let sum = i * point.i + j * point.j + k * point.k + origin
        return WorldPoint(x: sum.x, y: sum.y, z: sum.z)
    }

    /// The signed volume that the columns span, mm³ per voxel: negative for left-handed grids such as RAS mirrored.
    public var determinant: Double {
        i.x * (j.y * k.z - j.z * k.y) - j.x * (i.y * k.z - i.z * k.y) + k.x * (i.y * j.z - i.z * j.y)
    }
}

/// Distances between the centres of neighbouring voxels, in mm, along the volume's own axes.
public struct Spacing: Hashable, Sendable {
    public var i: Double
    public var j: Double
    public var k: Double

    public init(i: Double, j: Double, k: Double) {
        self.i = i
        self.j = j
        self.k = k
    }
}
