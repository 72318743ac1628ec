/// A figure, or why there is none: a score that does not apply is never a zero.
public enum Score<Value: Hashable & Sendable>: Hashable, Sendable {
    case value(Value)
    case notApplicable(NotApplicable)

    public var value: Value? {
        switch self {
        case .value(let value): value
        case .notApplicable: nil
        }
    }

    public var reason: NotApplicable? {
        switch self {
        case .value: nil
        case .notApplicable(let reason): reason
        }
    }

    public func map<Other>(_ change: (Value) -> Other) -> Score<Other> {
        switch self {
        case .value(let value): .value(change(value))
        case .notApplicable(let reason): .notApplicable(reason)
        }
    }

    /// The value, unless one of the gaps is there; the first one is the reason.
    init(unless gaps: NotApplicable?..., value: () -> Value) {
        if let gap = gaps.compactMap(\.self).first {
            self = .notApplicable(gap)
        } else {
            self = .value(value())
        }
    }
}

/// Why a score does not apply. The raw value is stable, for programs.
public enum NotApplicable: String, Hashable, Sendable, CaseIterable {
    case notHounsfieldUnits
    case singleSlice
    case unrelatedSlices
    case spacingUnknown
    /// No lung where the score is about: in the scan, in one lung or in one zone.
    case noLung
    case noMulticlassMap
    case oneLesionMap
    /// There is nothing of what is to be measured.
    case nothingFound

    /// For people.
    public var sentence: String {
        switch self {
        case .notHounsfieldUnits: "The values are not Hounsfield units."
        case .singleSlice: "There is one slice, and this is about volumes."
        case .unrelatedSlices: "The slices are unrelated, and this is about one patient's volume."
        case .spacingUnknown: "The size of a voxel is not known."
        case .noLung: "No lung was found here."
        case .noMulticlassMap: "No model tells these tissues apart."
        case .oneLesionMap: "There is one lesion model only, so nothing to compare it with."
        case .nothingFound: "There is none to measure."
        }
    }
}
