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
        let field = try lungs.dilated(by: .disc(radius: reach))
        let connectivity: Connectivity = arrangement == .volume ? .six : .four
        let fluid = effusion.map { labels.mask(of: $0) }
        var lesions = labels.mask(where: 1...255)
        if let fluid { lesions.clear(where: fluid) }
        let parts = try lesions.components(connectivity)
        let stray = zip(parts.overlaps(with: field), parts.components).map { inside, part in
            Double(inside) < wholeFromShare * Double(part.voxels)
        }
        parts.clear(&labels, outside: field, where: stray)
        if let fluid {
            let collections = try fluid.components(connectivity)
            collections.fill(&labels, with: 0, where: collections.overlaps(with: field).map { $0 == 0 })
        }
        guard arrangement == .volume, smallest > 0 else { return labels }
        return try labels.removingComponents(smallerThan: smallest, connectivity: .eighteen)
    }
}
