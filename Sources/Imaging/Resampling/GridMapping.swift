/// Where the voxels of one grid lie in another: source = steps · (i, j, k) + start, in voxels of the source.
struct GridMapping {
    /// Source voxels for one step along the target's i, j, k.
    let i: SIMD3<Double>
    let j: SIMD3<Double>
    let k: SIMD3<Double>
    let start: SIMD3<Double>

    init(from target: Grid, to source: Grid) {
        let inverse = InverseColumns(source.affine)
        i = inverse.apply(target.affine.i)
        j = inverse.apply(target.affine.j)
        k = inverse.apply(target.affine.k)
        start = inverse.apply(target.affine.origin - source.affine.origin)
    }

    /// Whether the axes of both grids run along each other, to within a millionth of a voxel over the whole target.
    func isParallel(over size: GridSize) -> Bool {
        func drift(_ a: Double, _ b: Double, _ count: Int) -> Double { (abs(a) + abs(b)) * Double(count) }
        let drifts = [drift(i.y, i.z, size.i), drift(j.x, j.z, size.j), drift(k.x, k.y, size.k)]
        return drifts.allSatisfy { $0 < 1e-6 }
    }
}

/// The inverse of an affine's 3×3 part, by cofactors.
private struct InverseColumns {
    private let rows: [SIMD3<Double>]

    init(_ affine: Affine) {
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        let determinant = affine.determinant
        rows = [
            cross(affine.j, affine.k) / determinant, cross(affine.k, affine.i) / determinant,
            cross(affine.i, affine.j) / determinant,
        ]
    }

    func apply(_ vector: SIMD3<Double>) -> SIMD3<Double> {
        [(rows[0] * vector).sum(), (rows[1] * vector).sum(), (rows[2] * vector).sum()]
    }
}

/// One coordinate between two voxels of an axis.
struct LinearPlace {
    let lower: Int
    let upper: Int
    /// Of `upper`.
    let weight: Float

    /// Nil when the coordinate lies beyond the outer faces of the axis' voxels; between those and the outer centres
    /// the outer voxel's value holds.
    @inline(__always)
    init?(_ coordinate: Double, count: Int) {
        let slack = 1e-6
        guard coordinate >= -0.5 - slack, coordinate <= Double(count) - 0.5 + slack else { return nil }
        let clamped = min(max(coordinate, 0), Double(count - 1))
        lower = Int(clamped)
        upper = min(lower + 1, count - 1)
        weight = Float(clamped - Double(lower))
    }

    /// The voxel whose centre is nearest; half-way, the later one. The slack keeps rounding from deciding half-ways.
    @inline(__always)
    static func nearest(_ coordinate: Double, count: Int) -> Int? {
        let slack = 1e-6
        guard coordinate >= -0.5 - slack, coordinate <= Double(count) - 0.5 + slack else { return nil }
        return min(max(Int((coordinate + 0.5 + slack).rounded(.down)), 0), count - 1)
    }
}
