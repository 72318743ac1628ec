/// What the worklist page says of a study. The daemon writes one line of JSON for each, `lungtriage-worker worklist` reads them
/// and knows how scores and pages look. So the daemon needs neither, and never holds them all.
public struct WorklistEntryNote: Hashable, Sendable, Codable {
    public var study: String
    /// Seconds since 1970.
    public var received: Double
    /// The folder's name in the outbox, and what was found; nil for a job without a result.
    public var folder: String?
    public var summary: StudySummary?
    public var failureCode: String?
    public var failureMessage: String?

    public init(
        study: String, received: Double, folder: String?, summary: StudySummary?, failureCode: String?,
        failureMessage: String?
    ) {
        self.study = study
        self.received = received
        self.folder = folder
        self.summary = summary
        self.failureCode = failureCode
        self.failureMessage = failureMessage
    }
}
