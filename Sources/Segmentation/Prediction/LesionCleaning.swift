import Imaging

/// What is kept of a lesion model's labels: lesions lie in the lungs or at their border, an effusion beside them.
public struct LesionCleaning: Hashable, Sendable {
    /// How far beyond the lung fields a lesion may reach, in mm within its slice: lung masks miss a rim, most of all where
    /// a consolidation lies at the chest wall.
    public var reach: Double
    /// Connected lesions of less than so many ml go; only in volumes.
    public var smallest: Double
    /// The label that lies beside the lungs instead of in them; nil where a model has none.
    public var effusion: UInt8?

    public init(reach: Double = 5, smallest: Double = 0.02, effusion: UInt8? = nil) {
        self.reach = reach
        self.smallest = smallest
        self.effusion = effusion
    }

    /// Lesion labels within reach of the lungs; components of effusion stay whole if any of them is.
    ///
    /// Throws `gridMismatch` when the lungs lie on another grid, `invalidArgument` for a negative reach, `tooLarge` beyond
    /// Int32.max runs.
    public func cleaned(
        _ labels: LabelVolume, lungs: LabelVolume, arrangement: SliceArrangement = .volume
    ) throws(ImagingError) -> LabelVolume {
        guard lungs.grid == labels.grid else {
            throw ImagingError(
                .gridMismatch, subject: "lesions", message: "The lung mask lies on another grid than the lesions.")
        }
        let field = try lungs.dilated(by: .disc(radius: reach)).voxels
        let effusions = try effusion.map { label throws(ImagingError) in
            try Self.mask(of: label, in: labels, touching: field, arrangement)
        }
        var kept = labels.voxels
        for voxel in kept.indices where kept[voxel] != 0 && field[voxel] == 0 {
            if effusions?[voxel] ?? 0 == 0 { kept[voxel] = 0 }
        }
        if let effusion, let effusions {
            for voxel in kept.indices where kept[voxel] == effusion && effusions[voxel] == 0 { kept[voxel] = 0 }
        }
        var result = try LabelVolume(grid: labels.grid, voxels: kept)
        if arrangement == .volume, smallest > 0 {
            result = try result.removingComponents(smallerThan: smallest, connectivity: .eighteen)
        }
        return result
    }

    /// 1 where a component of a label reaches into the field.
    private static func mask(
        of label: UInt8, in labels: LabelVolume, touching field: [UInt8], _ arrangement: SliceArrangement
    ) throws(ImagingError) -> [UInt8] {
        let found = try labels.mask(of: label).components(arrangement == .volume ? .six : .four)
        var touches = [Bool](repeating: false, count: found.components.count + 1)
        let numbers = found.labelled().voxels
        for voxel in numbers.indices where numbers[voxel] > 0 && field[voxel] != 0 {
            touches[Int(numbers[voxel])] = true
        }
        return numbers.map { touches[Int($0)] ? 1 : 0 }
    }
}
