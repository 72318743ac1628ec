/// What is kept of a lesion model's labels: lesions lie in the lungs or at their border, an effusion beside them.
public struct LesionCleaning: Hashable, Sendable {
    /// How far beyond the lung fields a lesion may reach, in mm within its slice: lung masks miss a rim, most of all where
    /// a consolidation lies at the chest wall.
    public var reach: Double
    /// A connected lesion with at least this share of its voxels within reach of the lungs stays whole: lung models miss
    /// parts of lungs that are consolidated. Of any other, only what is within reach stays.
    public var wholeFromShare: Double
    /// Connected lesions of less than so many ml go; only in volumes.
    public var smallest: Double
    /// The label that lies beside the lungs instead of in them; nil where a model has none.
    public var effusion: UInt8?

    public init(reach: Double = 5, wholeFromShare: Double = 0.5, smallest: Double = 0.02, effusion: UInt8? = nil) {
        self.reach = reach
        self.wholeFromShare = wholeFromShare
        self.smallest = smallest
        self.effusion = effusion
    }

    /// Lesion labels in or beside the lungs and not in a dome of the diaphragm; a connected effusion stays whole if any of it
    /// is within reach.
    ///
    /// Throws `gridMismatch` when the lungs lie on another grid, `invalidArgument` for a negative reach, `tooLarge` beyond
    /// Int32.max runs.
    public func cleaned(
        _ labels: LabelVolume, lungs: LabelVolume, domes: LabelVolume? = nil, arrangement: SliceArrangement = .volume
    ) throws(ImagingError) -> LabelVolume {
        guard lungs.grid == labels.grid, domes.map({ $0.grid == labels.grid }) ?? true else {
            throw ImagingError(
                .gridMismatch, subject: "lesions", message: "The lung mask lies on another grid than the lesions.")
        }
        var labels = labels
        if let domes { labels.clear(where: domes) }
        let field = try lungs.dilated(by: .disc(radius: reach)).voxels
        var kept = [UInt8](repeating: 0, count: field.count)
        let lesions = labels.voxels.map { UInt8($0 != 0 && $0 != effusion ? 1 : 0) }
        let parts = try Parts(of: LabelVolume(grid: labels.grid, voxels: lesions), in: field, arrangement)
        for voxel in kept.indices where lesions[voxel] != 0 {
            if field[voxel] != 0 || parts.share(at: voxel) >= wholeFromShare { kept[voxel] = labels.voxels[voxel] }
        }
        if let effusion {
            let fluid = try Parts(of: labels.mask(of: effusion), in: field, arrangement)
            for voxel in kept.indices where fluid.share(at: voxel) > 0 { kept[voxel] = effusion }
        }
        var result = try LabelVolume(grid: labels.grid, voxels: kept)
        if arrangement == .volume, smallest > 0 {
            result = try result.removingComponents(smallerThan: smallest, connectivity: .eighteen)
        }
        return result
    }

    /// How much of every connected set of voxels lies in a field.
    private struct Parts {
        /// 0 for background, else a component's number.
        private let numbers: [Int32]
        private let shares: [Double]

        init(of mask: LabelVolume, in field: [UInt8], _ arrangement: SliceArrangement) throws(ImagingError) {
            let found = try mask.components(arrangement == .volume ? .six : .four)
            numbers = found.labelled().voxels
            var inside = [Int](repeating: 0, count: found.components.count)
            for voxel in numbers.indices where numbers[voxel] > 0 && field[voxel] != 0 {
                inside[Int(numbers[voxel]) - 1] += 1
            }
            shares = zip(inside, found.components).map { Double($0) / Double($1.voxels) }
        }

        /// Of the voxel's component; 0 in the background.
        func share(at voxel: Int) -> Double { numbers[voxel] > 0 ? shares[Int(numbers[voxel]) - 1] : 0 }
    }
}
