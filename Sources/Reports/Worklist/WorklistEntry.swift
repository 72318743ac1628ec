import Severity

/// A study in the worklist.
public struct WorklistEntry: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// Analysed, with or without a triage level. Paths are relative to the worklist's folder, with `/` between names.
        case analysed(SeveritySummary, report: String, thumbnail: String?)
        /// Why there is no result: a code for programs, a sentence for people.
        case failed(code: String, sentence: String)
    }

    public let study: String
    /// As it is to be shown, for example `2026-11-24 13:05`.
    public let received: String
    public let outcome: Outcome

    public init(study: String, received: String, outcome: Outcome) {
        self.study = study
        self.received = received
        self.outcome = outcome
    }
}

extension WorklistEntry {
    /// The worklist's parts, in their order.
    enum Group: Hashable {
        case level(TriageLevel)
        case noLevel
        case failed

        static let all: [Group] = TriageLevel.allCases.reversed().map(Group.level) + [.noLevel, .failed]

        var title: String {
            switch self {
            case .level(let level): level.title
            case .noLevel: "Without a level"
            case .failed: "Failed"
            }
        }

        var style: String {
            switch self {
            case .level(let level): "l-\(level.rawValue)"
            case .noLevel, .failed: "l-unknown"
            }
        }

        var anchor: String {
            switch self {
            case .level(let level): level.rawValue
            case .noLevel: "no-level"
            case .failed: "failed"
            }
        }
    }

    var group: Group {
        switch outcome {
        case .analysed(let summary, _, _): summary.triageLevel.value.map(Group.level) ?? .noLevel
        case .failed: .failed
        }
    }

    /// Within a group: the most opacity first, then what came last, then by name.
    static func precedes(_ a: WorklistEntry, _ b: WorklistEntry) -> Bool {
        let (opacityA, opacityB) = (a.opacity, b.opacity)
        if opacityA != opacityB { return opacityA > opacityB }
        if a.received != b.received { return a.received > b.received }
        return a.study < b.study
    }

    private var opacity: Double {
        switch outcome {
        case .analysed(let summary, _, _): summary.percentageOfOpacity.value ?? -1
        case .failed: -1
        }
    }
}
