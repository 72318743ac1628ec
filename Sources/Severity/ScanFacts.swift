import Imaging

/// What is known of a scan, and so which scores can be made from it.
public struct ScanFacts: Hashable, Sendable {
    /// Whether the values are true Hounsfield units.
    public var isHounsfield: Bool
    /// A volume of one slice counts as one slice, whatever is said here.
    public var slices: SliceArrangement
    /// Whether the size of a voxel in mm is known.
    public var isSpacingKnown: Bool

    public init(isHounsfield: Bool = true, slices: SliceArrangement = .volume, isSpacingKnown: Bool = true) {
        self.isHounsfield = isHounsfield
        self.slices = slices
        self.isSpacingKnown = isSpacingKnown
    }

    /// What the image tells about itself: values unlike HU are taken for no HU. A missing unit of length is taken for
    /// millimetres, as `ImageQuality` remarks.
    public init(_ quality: ImageQuality, slices: SliceArrangement = .volume) {
        let isHounsfield = !quality.remarks.contains { remark in
            if case .unlikeHounsfieldUnits = remark { true } else { false }
        }
        self.init(isHounsfield: isHounsfield, slices: slices)
    }

    /// Why nothing can be said about volumes; nil where something can.
    func volumeGap(_ grid: Grid) -> NotApplicable? {
        switch slices {
        case .unrelated: grid.size.k == 1 ? .singleSlice : .unrelatedSlices
        case .volume: grid.size.k == 1 ? .singleSlice : nil
        }
    }

    var hounsfieldGap: NotApplicable? { isHounsfield ? nil : .notHounsfieldUnits }
    var spacingGap: NotApplicable? { isSpacingKnown ? nil : .spacingUnknown }
}
