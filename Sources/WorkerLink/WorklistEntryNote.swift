/// The first line of the daemon's notes for the worklist page: what the page says of the whole.
public struct WorklistHeadNote: Hashable, Sendable, Codable {
    /// How many studies have results, and how many have none: more than are listed.
    public var analysed: Int
    public var failed: Int
    /// Seconds after which the page is written again, news or not.
    public var renewal: Double

    public init(analysed: Int, failed: Int, renewal: Double) {
        self.analysed = analysed
        self.failed = failed
        self.renewal = renewal
    }
}

/// What the worklist page says of a study. The daemon writes one line of JSON for each after the first, `lungtriage-worker worklist` reads them
/// and knows how scores and pages look. So the daemon needs neither, and never holds them all.
public struct WorklistEntryNote: Hashable, Sendable, Codable {
    public var job: Int64
    public var study: String
    /// `routine`, `urgent` or `stat`.
    public var priority: String
    /// Seconds since 1970.
    public var received: Double
    /// The folder's name in the outbox, and what was found; nil for a job without a result.
    public var folder: String?
    public var summary: StudySummary?
    public var failureCode: String?
    public var failureMessage: String?

    public init(
        job: Int64, study: String, priority: String, received: Double, folder: String?, summary: StudySummary?,
        failureCode: String?, failureMessage: String?
    ) {
        self.job = job
        self.priority = priority
        self.study = study
        self.received = received
        self.folder = folder
        self.summary = summary
        self.failureCode = failureCode
        self.failureMessage = failureMessage
    }
}
