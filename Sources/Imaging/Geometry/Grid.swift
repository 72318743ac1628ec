/// Voxels along i, j and k.
public struct GridSize: Hashable, Sendable {
    public let i: Int
    public let j: Int
    public let k: Int

    public init(i: Int, j: Int, k: Int) {
        self.i = i
        self.j = j
        self.k = k
    }

    public var voxels: Int { i * j * k }
}

/// Which voxels there are and where in the patient each lies. Two volumes with equal grids can be compared voxel by
/// voxel.
public struct Grid: Hashable, Sendable {
    public let size: GridSize
    public let affine: Affine

    /// Throws `invalidArgument` unless every side is in 1...Int32.max, their product fits Int, and the affine is finite and of full rank.
    public init(size: GridSize, affine: Affine) throws(ImagingError) {
        guard min(size.i, size.j, size.k) >= 1, max(size.i, size.j, size.k) <= Int(Int32.max),
            !size.i.multipliedReportingOverflow(by: size.j).overflow,
            !(size.i * size.j).multipliedReportingOverflow(by: size.k).overflow
        else {
            throw ImagingError(
                .invalidArgument, subject: "grid",
                message: "A volume has at least one voxel along every axis, not \(size.i)×\(size.j)×\(size.k).")
        }
        let determinant = affine.determinant
        guard determinant.isFinite, determinant != 0, affine.origin.x.isFinite, affine.origin.y.isFinite,
            affine.origin.z.isFinite
        else {
            throw ImagingError(
                .invalidArgument, subject: "grid", message: "The affine must be finite and must not flatten space.")
        }
        self.size = size
        self.affine = affine
    }

    /// mm between voxel centres along i, j, k.
    public var spacing: Spacing {
        func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
        return Spacing(i: length(affine.i), j: length(affine.j), k: length(affine.k))
    }

    /// The anatomical order nearest to the grid's axes.
    public var order: VoxelOrder { VoxelOrder(nearestTo: affine) }

    /// Volume of one voxel in ml, shear included.
    public var voxelVolume: Double { abs(affine.determinant) / 1000 }
}
