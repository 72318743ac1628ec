import Imaging

/// What the lesion models found, on the grid of the CT and cleaned of what does not belong to the lungs.
public enum LesionMaps: Sendable {
    /// 0, or 1 for infected.
    case binary(LabelVolume)
    /// 0, or the raw value of a `LesionKind`.
    case multiclass(LabelVolume)
    case both(binary: LabelVolume, multiclass: LabelVolume)

    /// Of the maps that there are; nil without any.
    public init?(binary: LabelVolume?, multiclass: LabelVolume?) {
        switch (binary, multiclass) {
        case (let binary?, let multiclass?): self = .both(binary: binary, multiclass: multiclass)
        case (let binary?, nil): self = .binary(binary)
        case (nil, let multiclass?): self = .multiclass(multiclass)
        case (nil, nil): return nil
        }
    }

    public var binary: LabelVolume? {
        switch self {
        case .binary(let map), .both(let map, _): map
        case .multiclass: nil
        }
    }

    public var multiclass: LabelVolume? {
        switch self {
        case .multiclass(let map), .both(_, let map): map
        case .binary: nil
        }
    }

    /// The map that says what is opacity: the multi-class one where there is one.
    public var leading: LabelVolume {
        switch self {
        case .binary(let map), .multiclass(let map), .both(_, let map): map
        }
    }

    /// Whether a label of `leading` is opacity of the lung: ground glass or consolidation, or infected where the kinds are
    /// not told apart. Effusion lies beside the lung.
    public static func isOpacity(_ label: UInt8) -> Bool { label == 1 || label == 2 }
}
