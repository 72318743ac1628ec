/// Where the liver and the spleen bulge into the lungs from below. In an axial slice the top of a dome is a dense spot with
/// lung all around it, which lesion models take for a consolidation.
///
/// From the feet upwards: a dense region with lung all around it that lies whole above dense tissue belongs to that tissue.
/// A consolidation grows beyond what is below it, or touches the chest wall or the mediastinum.
struct DiaphragmDomes {
    /// HU; a dome's border is blurred over half of the way from lung to tissue.
    private static let dense: Int16 = -400
    /// mm²: smaller ones are vessels.
    private static let smallest = 60.0
    /// Of a region's pixels, the share that must lie above tissue.
    private static let leastCovered = 0.9
    /// mm: ligaments and fissures thinner than twice this do not tie a dome to the tissue beside it.
    private static let ligament = 2.5
    /// mm around what was found, for what is blurred: beside a dome and above its top.
    private static let border = 4.0

    /// 1 in domes. `lungs` is not 0 inside lungs. Throws `tooLarge` beyond Int32.max runs.
    static func mask(in ct: CTVolume, lungs: LabelVolume) throws(ImagingError) -> LabelVolume {
        let size = ct.grid.size
        let plane = size.i * size.j
        let field = try lungs.fillingHoles(.inSlices)
        var domes = LabelVolume(trusting: ct.grid, voxels: [UInt8](repeating: 0, count: size.voxels))
        guard size.k > 2, let box = field.boundingBox else { return domes }
        let dense = ct.mask(where: Self.dense ... .max)
        var inside = dense
        inside.clear(outside: field)
        let regions = try inside.opened(by: .disc(radius: ligament)).components(.four)
        let numbers = regions.labelled().voxels
        let pixelArea = ct.grid.spacing.i * ct.grid.spacing.j
        for k in max(1, box.k.lowerBound)..<box.k.upperBound {
            var covered = [Int32: Int]()
            var touching = Set<Int32>()
            for j in box.j {
                for i in box.i {
                    let voxel = k * plane + j * size.i + i
                    let number = numbers[voxel]
                    guard number > 0 else { continue }
                    let below = voxel - plane
                    if dense.voxels[below] != 0, field.voxels[below] == 0 || domes.voxels[below] != 0 {
                        covered[number, default: 0] += 1
                    }
                    if isAtTissue(voxel, i, j, size, dense, field) { touching.insert(number) }
                }
            }
            let found = Set(
                covered.filter { number, count in
                    let voxels = regions.components[Int(number) - 1].voxels
                    return !touching.contains(number) && Double(voxels) * pixelArea >= smallest
                        && Double(count) >= leastCovered * Double(voxels)
                }.keys)
            guard !found.isEmpty else { continue }
            domes.withUnsafeMutableVoxels { target in
                for voxel in k * plane..<(k + 1) * plane where numbers[voxel] > 0 && found.contains(numbers[voxel]) {
                    target[voxel] = 1
                }
            }
        }
        return try domes.dilated(by: .ball(radius: border))
    }

    /// Whether a pixel inside the lungs' outline has dense tissue beyond it.
    private static func isAtTissue(
        _ voxel: Int, _ i: Int, _ j: Int, _ size: GridSize, _ dense: LabelVolume, _ field: LabelVolume
    ) -> Bool {
        func isTissue(_ neighbour: Int) -> Bool { dense.voxels[neighbour] != 0 && field.voxels[neighbour] == 0 }
        return (i > 0 && isTissue(voxel - 1)) || (i + 1 < size.i && isTissue(voxel + 1))
            || (j > 0 && isTissue(voxel - size.i)) || (j + 1 < size.j && isTissue(voxel + size.i))
    }
}
