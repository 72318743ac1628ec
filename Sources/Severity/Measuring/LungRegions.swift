import Imaging

/// The lungs with what their map misses of them.
///
/// Lung maps lose dense opacities at the pleura, and with them the worst of the disease. An opacity is diseased lung, so one
/// that hangs together with the lungs (shared faces, edges or corners; within the slice where slices are unrelated) counts
/// as lung, of the side whose lung's centre is nearer. Any share of opacity so is at most 1. An opacity apart from the lungs
/// counts for nothing and is reported.
struct LungRegions {
    /// 0, 1 right, 2 left.
    let labels: LabelVolume

    /// A voxel of opacity outside the lungs, until its side is known.
    private static let outside: UInt8 = 3

    init(lungs: LabelVolume, opacity: LabelVolume, slices: SliceArrangement) throws(ImagingError) {
        let (union, centers, isAnyOutside) = Self.union(lungs, opacity)
        guard isAnyOutside else {
            labels = lungs
            return
        }
        var kept = try union.keepingComponents(
            holding: 1...2, connectivity: slices == .volume ? .twentySix : .eight)
        switch slices {
        case .volume:
            Self.assignSides(&kept, 0..<kept.grid.size.k, by: centers.reduce(LungCenters(), +))
        case .unrelated:
            for k in 0..<kept.grid.size.k { Self.assignSides(&kept, k..<k + 1, by: centers[k]) }
        }
        labels = kept
    }

    /// The lungs and, as `outside`, the opacities beyond them; where each slice's lungs lie.
    private static func union(
        _ lungs: LabelVolume, _ opacity: LabelVolume
    ) -> (LabelVolume, [LungCenters], Bool) {
        let size = lungs.grid.size
        var union = lungs
        let slices = union.withUnsafeMutableVoxels { union in
            nonisolated(unsafe) let union = union
            return opacity.withUnsafeVoxels { opacity in
                Parallel.map(of: size.k, length: 1) { slice -> (LungCenters, Bool) in
                    var centers = LungCenters()
                    var isAnyOutside = false
                    for row in slice.lowerBound * size.j..<slice.upperBound * size.j {
                        for i in 0..<size.i {
                            let voxel = row * size.i + i
                            let lung = union[voxel]
                            if lung != 0 {
                                centers.add(lung, i: i, j: row % size.j, k: row / size.j)
                            } else if LesionMaps.isOpacity(opacity[voxel]) {
                                union[voxel] = outside
                                isAnyOutside = true
                            }
                        }
                    }
                    return (centers, isAnyOutside)
                }
            }
        }
        return (union, slices.map(\.0), slices.contains { $0.1 })
    }

    private static func assignSides(_ regions: inout LabelVolume, _ slices: Range<Int>, by centers: LungCenters) {
        let size = regions.grid.size
        let sides = NearerLung(centers, regions.grid.affine)
        regions.withUnsafeMutableVoxels { voxels in
            for k in slices {
                for j in 0..<size.j {
                    for i in 0..<size.i where voxels[(k * size.j + j) * size.i + i] == outside {
                        voxels[(k * size.j + j) * size.i + i] = sides.side(i, j, k).rawValue
                    }
                }
            }
        }
    }
}

/// Sums over the voxels of both lungs, for their centres. Whole numbers, so that their order does not matter.
private struct LungCenters {
    private var right = SIMD4<Int>()
    private var left = SIMD4<Int>()

    mutating func add(_ label: UInt8, i: Int, j: Int, k: Int) {
        if label == LungSide.right.rawValue { right &+= [i, j, k, 1] } else { left &+= [i, j, k, 1] }
    }

    static func + (a: LungCenters, b: LungCenters) -> LungCenters {
        var sum = a
        sum.right &+= b.right
        sum.left &+= b.left
        return sum
    }

    /// In voxels; nil without voxels.
    func center(_ side: LungSide) -> SIMD3<Double>? {
        let sum = side == .right ? right : left
        guard sum.w > 0 else { return nil }
        return SIMD3(Double(sum.x), Double(sum.y), Double(sum.z)) / Double(sum.w)
    }
}

/// To which lung a voxel outside of both is nearer.
private struct NearerLung {
    private enum Rule {
        case always(LungSide)
        /// Left where weights · (i, j, k) > limit.
        case plane(weights: SIMD3<Double>, limit: Double)
    }

    private let rule: Rule

    init(_ centers: LungCenters, _ affine: Affine) {
        guard let right = centers.center(.right) else {
            rule = .always(.left)
            return
        }
        guard let left = centers.center(.left) else {
            rule = .always(.right)
            return
        }
        func vector(_ step: SIMD3<Double>) -> SIMD3<Double> {
            affine.i * step.x + affine.j * step.y + affine.k * step.z
        }
        // The plane halfway between the centres and across the line that joins them, in the world's millimetres.
        let across = vector(left - right)
        let weights = SIMD3(
            (affine.i * across).sum(), (affine.j * across).sum(), (affine.k * across).sum())
        rule = .plane(weights: weights, limit: (weights * (left + right) / 2).sum())
    }

    func side(_ i: Int, _ j: Int, _ k: Int) -> LungSide {
        switch rule {
        case .always(let side): side
        case .plane(let weights, let limit):
            (weights * SIMD3(Double(i), Double(j), Double(k))).sum() > limit ? .left : .right
        }
    }
}
