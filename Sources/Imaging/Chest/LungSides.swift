/// Which lung is whose: lung fields told apart into the patient's right (1) and left (2).
///
/// Two large components are two lungs. One large component is both when it falls apart under erosion before it is gone
/// (lungs touch at the anterior and posterior junction lines); then every voxel goes to the nearer of the two cores. Else it
/// is one lung, on its side of the body's middle. Works on cells of a few mm where it has to erode.
public struct LungSides: Sendable {
    /// A component with less than this share of all lung voxels is part of a lung, not a lung.
    private static let leastShareOfLung = 0.12
    /// mm: cells for erosion and distances.
    private static let cell = 3.0
    /// mm of erosion that are tried, in this order.
    private static let erosions = [3.0, 5, 7, 9, 12, 15]

    /// Labels 1 and 2 where `lungs` is not 0. `midline` is the body's middle between right and left as a column i.
    /// Throws `tooLarge` beyond Int32.max runs.
    public static func labels(
        of lungs: LabelVolume, midline: Double, arrangement: SliceArrangement = .volume
    ) throws(ImagingError) -> LabelVolume {
        var result = LabelVolume(trusting: lungs.grid, voxels: [UInt8](repeating: 0, count: lungs.voxels.count))
        switch arrangement {
        case .volume: try label(lungs, midline: midline, connectivity: .six, firstSlice: 0, into: &result)
        case .unrelated:
            for k in 0..<lungs.grid.size.k {
                try label(
                    try lungs.single(slice: k), midline: midline, connectivity: .four, firstSlice: k, into: &result)
            }
        }
        return result
    }

    private static func label(
        _ lungs: LabelVolume, midline: Double, connectivity: Connectivity, firstSlice: Int,
        into result: inout LabelVolume
    ) throws(ImagingError) {
        let found = try lungs.components(connectivity)
        let total = found.components.reduce(0) { $0 + $1.voxels }
        let lungsIndices = found.components.indices
            .filter { Double(found.components[$0].voxels) >= leastShareOfLung * Double(total) }
            .sorted { found.components[$0].voxels > found.components[$1].voxels }
        guard let largest = lungsIndices.first else { return }
        let cores = lungsIndices.count == 1 ? try Cores(of: lungs, connectivity: connectivity) : nil
        // The middle between the two lungs, or the body's own where there is one lung.
        let pair = lungsIndices.prefix(2).map { found.components[$0].centroid.i }
        let middle = cores?.middle ?? (pair.count == 2 ? (pair[0] + pair[1]) / 2 : midline)
        let sides = sides(of: found, middle: middle)
        let size = lungs.grid.size
        let offset = firstSlice * size.i * size.j
        result.withUnsafeMutableVoxels { target in
            found.forEachRun { voxel, count, component in
                guard let cores, Int(component) == largest else {
                    (target + offset + voxel).update(repeating: sides[Int(component)], count: count)
                    return
                }
                let (row, i) = voxel.quotientAndRemainder(dividingBy: size.i)
                for step in 0..<count {
                    target[offset + voxel + step] = cores.side(i + step, row % size.j, row / size.j)
                }
            }
        }
    }

    /// In the order LPS columns run to the patient's left, so what lies before the middle is right.
    private static func sides(of found: ConnectedComponents<LPS>, middle: Double) -> [UInt8] {
        found.components.map { $0.centroid.i < middle ? LungSide.right.rawValue : LungSide.left.rawValue }
    }

    /// The insides of two lungs that touch.
    private struct Cores {
        /// The middle between them, as a column of the volume.
        let middle: Double
        private let sides: [UInt8]
        private let cells: GridSize
        private let step: (i: Int, j: Int, k: Int)

        /// Nil when erosion leaves no two parts that could be lungs.
        init?(of lungs: LabelVolume, connectivity: Connectivity) throws(ImagingError) {
            let spacing = lungs.grid.spacing
            func step(_ spacing: Double) -> Int { max(1, Int((LungSides.cell / spacing).rounded())) }
            self.step = (step(spacing.i), step(spacing.j), step(spacing.k))
            let coarse = try lungs.thinned(by: self.step)
            cells = coarse.grid.size
            for radius in LungSides.erosions {
                let element: StructuringElement = connectivity == .four ? .disc(radius: radius) : .ball(radius: radius)
                let parts = try coarse.eroded(by: element).components(connectivity)
                guard let (right, left) = Self.pair(parts) else { continue }
                let numbers = parts.labelled()
                func distances(_ index: Int) throws(ImagingError) -> [Float] {
                    let core = numbers.mask(where: Int32(index + 1)...Int32(index + 1))
                    return core.distances().voxels
                }
                let (toRight, toLeft) = (try distances(right), try distances(left))
                sides = zip(toRight, toLeft).map {
                    $0 <= $1 ? LungSide.right.rawValue : LungSide.left.rawValue
                }
                middle =
                    (parts.components[right].centroid.i + parts.components[left].centroid.i) / 2 * Double(self.step.i)
                return
            }
            return nil
        }

        /// Of the voxel at i, j, k of the volume.
        func side(_ i: Int, _ j: Int, _ k: Int) -> UInt8 {
            let (x, y, z) = (min(i / step.i, cells.i - 1), min(j / step.j, cells.j - 1), min(k / step.k, cells.k - 1))
            return sides[(z * cells.j + y) * cells.i + x]
        }

        /// The right and the left one of the two largest parts, when both are large and lie beside each other.
        private static func pair(_ parts: ConnectedComponents<LPS>) -> (right: Int, left: Int)? {
            let bySize = parts.components.indices.sorted { parts.components[$0].voxels > parts.components[$1].voxels }
            guard bySize.count >= 2 else { return nil }
            let (first, second) = (parts.components[bySize[0]], parts.components[bySize[1]])
            guard Double(second.voxels) >= 0.2 * Double(first.voxels) else { return nil }
            let width = first.box.union(second.box).i.count
            guard abs(first.centroid.i - second.centroid.i) >= 0.25 * Double(width) else { return nil }
            return first.centroid.i < second.centroid.i ? (bySize[0], bySize[1]) : (bySize[1], bySize[0])
        }
    }
}

extension Volume where Axes == LPS {
    /// One slice as a volume of its own.
    func single(slice k: Int) throws(ImagingError) -> Self {
        let size = grid.size
        var affine = grid.affine
        affine.origin += affine.k * Double(k)
        let plane = size.i * size.j
        return Self(
            trusting: try Grid(size: GridSize(i: size.i, j: size.j, k: 1), affine: affine),
            voxels: Array(voxels[(k * plane)..<((k + 1) * plane)]))
    }

    /// Every so many-th voxel along each axis, from the first.
    func thinned(by step: (i: Int, j: Int, k: Int)) throws(ImagingError) -> Self {
        let size = grid.size
        let new = GridSize(
            i: (size.i + step.i - 1) / step.i, j: (size.j + step.j - 1) / step.j, k: (size.k + step.k - 1) / step.k)
        let affine = Affine(
            i: grid.affine.i * Double(step.i), j: grid.affine.j * Double(step.j), k: grid.affine.k * Double(step.k),
            origin: grid.affine.origin)
        var kept: [Voxel] = []
        kept.reserveCapacity(new.voxels)
        for k in stride(from: 0, to: size.k, by: step.k) {
            for j in stride(from: 0, to: size.j, by: step.j) {
                let row = (k * size.j + j) * size.i
                for i in stride(from: 0, to: size.i, by: step.i) { kept.append(voxels[row + i]) }
            }
        }
        return Self(trusting: try Grid(size: new, affine: affine), voxels: kept)
    }
}
