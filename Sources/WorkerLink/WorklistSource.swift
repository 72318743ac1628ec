/// What the worklist page is made from: written by the daemon, read by `lungtriage-worker worklist`, which knows how scores and
/// pages look. So the daemon needs neither.
public struct WorklistSource: Hashable, Sendable, Codable {
    public struct Entry: Hashable, Sendable, Codable {
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

    public var entries: [Entry]
    /// Seconds since 1970.
    public var updated: Double

    public init(entries: [Entry], updated: Double) {
        self.entries = entries
        self.updated = updated
    }
}
