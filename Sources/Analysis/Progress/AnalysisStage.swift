/// What an analysis is doing.
public enum AnalysisStage: Hashable, Sendable {
    case reading
    case lungs
    /// The lesion plugin with that id.
    case lesions(String)
    case scoring
    case reporting
    case writing

    /// A stable name, for programs and timings.
    public var name: String {
        switch self {
        case .reading: "reading"
        case .lungs: "lungs"
        case .lesions(let plugin): "lesions:\(plugin)"
        case .scoring: "scoring"
        case .reporting: "reporting"
        case .writing: "writing"
        }
    }

    /// How much of an analysis it is likely to take; the networks take nearly all.
    var weight: Double {
        switch self {
        case .reading: 2
        case .lungs: 25
        case .lesions: 40
        case .scoring: 2
        case .reporting: 3
        case .writing: 2
        }
    }
}
