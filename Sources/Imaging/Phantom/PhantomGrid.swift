extension ChestPhantom {
    /// Field of view that holds the whole chest, mm along left–right, back–front, feet–head.
    public static let fieldOfView = Spacing(i: 360, j: 360, k: 300)
    /// Its middle.
    public static let center = WorldPoint(x: 0, y: -14, z: -6)

    /// A grid around the middle of the chest.
    ///
    /// - Parameters:
    ///   - size: voxels along left–right, back–front and feet–head, whatever the order of storage.
    ///   - spacing: mm along the same directions; nil divides the field of view, a single slice being 2 mm thick.
    ///   - order: how the voxels are stored.
    ///   - tilt: turns the grid about the patient's x, then y, then z axis, degrees.
    /// - Throws: `ImagingError.invalidArgument` for a size below 1, or a spacing that is not positive and finite.
    public static func grid(
        size: GridSize, spacing: Spacing? = nil, order: VoxelOrder = .lps, tilt: SIMD3<Double> = [0, 0, 0]
    ) throws(ImagingError) -> Grid {
        let spacing =
            spacing
            ?? Spacing(
                i: fieldOfView.i / Double(max(1, size.i)), j: fieldOfView.j / Double(max(1, size.j)),
                k: size.k == 1 ? 2 : fieldOfView.k / Double(max(1, size.k)))
        let lengths = [spacing.i, spacing.j, spacing.k]
        guard lengths.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw ImagingError(
                .invalidArgument, subject: "phantom",
                message: "The spacing must be positive, not \(spacing.i)×\(spacing.j)×\(spacing.k) mm.")
        }
        let counts = [size.i, size.j, size.k]
        var columns: [SIMD3<Double>] = []
        var stored: [Int] = []
        var origin = SIMD3<Double>(center.x, center.y, center.z)
        for direction in order.directions {
            let axis = direction.worldAxis
            var column = SIMD3<Double>()
            column[axis] = direction.isPositive ? lengths[axis] : -lengths[axis]
            column = rotated(column, by: tilt)
            columns.append(column)
            stored.append(counts[axis])
            origin -= column * (Double(counts[axis] - 1) / 2)
        }
        return try Grid(
            size: GridSize(i: stored[0], j: stored[1], k: stored[2]),
            affine: Affine(i: columns[0], j: columns[1], k: columns[2], origin: origin))
    }

    private static func rotated(_ vector: SIMD3<Double>, by degrees: SIMD3<Double>) -> SIMD3<Double> {
        var v = vector
        for axis in 0..<3 where degrees[axis] != 0 {
            let angle = (degrees[axis] * .pi / 180).remainder(dividingBy: 2 * .pi)
            let (sine, cosine) = (PhantomMath.sine(angle), PhantomMath.cosine(angle))
            let (a, b) = ((axis + 1) % 3, (axis + 2) % 3)
            (v[a], v[b]) = (cosine * v[a] - sine * v[b], sine * v[a] + cosine * v[b])
        }
        return v
    }
}
