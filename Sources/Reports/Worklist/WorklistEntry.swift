import Severity

/// A study in the worklist.
public struct WorklistEntry: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// Analysed, with or without a triage level. Paths are relative to the worklist's folder, with `/` between names.
        case analysed(SeveritySummary, report: String, thumbnail: String?)
        /// Why there is no result: a code for programs, a sentence for people.
        case failed(code: String, sentence: String)
    }

    /// As the study was dropped.
    public enum Urgency: String, Hashable, Sendable {
        case routine, urgent, stat
    }

    /// The job's number, which no other entry has.
    public let job: Int64
    public let study: String
    /// Seconds since 1970.
    public let received: Double
    public let urgency: Urgency
    public let outcome: Outcome

    public init(job: Int64, study: String, received: Double, urgency: Urgency = .routine, outcome: Outcome) {
        self.job = job
        self.study = study
        self.received = received
        self.urgency = urgency
        self.outcome = outcome
    }
}

extension WorklistEntry {
    /// How soon someone should look, most urgent first. What has no level may be anything, so it comes before what is known
    /// to be mild.
    enum Group: Hashable {
        case failed
        case level(TriageLevel)
        case noLevel

        static let analysed: [Group] = [
            .level(.critical), .level(.severe), .level(.moderate), .noLevel, .level(.mild), .level(.none),
        ]

        /// 0 for the least urgent of the analysed.
        var rank: Int { Self.analysed.reversed().firstIndex(of: self) ?? Self.analysed.count }

        var title: String {
            switch self {
            case .level(let level): level.title
            case .noLevel: "No level"
            case .failed: "Failed"
            }
        }

        /// In the page's markup.
        var name: String {
            switch self {
            case .level(let level): level.rawValue
            case .noLevel: "unknown"
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

    /// The most urgent group first; within it the most opacity, then what came last, then by name and number. What failed: what
    /// came last.
    static func precedes(_ a: WorklistEntry, _ b: WorklistEntry) -> Bool {
        if a.group.rank != b.group.rank { return a.group.rank > b.group.rank }
        if a.opacity != b.opacity { return a.opacity > b.opacity }
        if a.received != b.received { return a.received > b.received }
        return (a.study, a.job) < (b.study, b.job)
    }

    private var opacity: Double {
        switch outcome {
        case .analysed(let summary, _, _): summary.percentageOfOpacity.value ?? -1
        case .failed: -1
        }
    }
}
