/// What a model tells apart.
public enum SegmentationTask: String, Hashable, Sendable, Codable, CaseIterable {
    /// 0 background, 1 infected.
    case binary
    /// 0 background, 1 ground-glass opacity, 2 consolidation, 3 pleural effusion.
    case multiclass
    /// 0 background, 1 lung.
    case lungs

    public var classes: Int {
        switch self {
        case .binary, .lungs: 2
        case .multiclass: 4
        }
    }

    /// Pixels with this label do not count in the loss or in scores.
    public static let ignoredLabel: UInt8 = 255
}
