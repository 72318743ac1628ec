/// What the daemon does for the bus. Every function may throw ``BusError`` with the codes of `org.lungtriage.Triage1`
/// (`notFound`, `invalidArgument`, `busy`, `notCancelable`, `notRetryable`, `unavailable`, `failed`), which the caller
/// gets; other errors are sent as `Failed`. The caller was authorised before.
package protocol TriageControl: Sendable {
    /// Takes a file; the new job's id, or that of the job that has the same content. Returns before the analysis.
    func submit(_ submission: TriageSubmission) async throws -> String
    /// Active jobs and history, the newest first.
    func jobs(matching filter: TriageJobFilter, offset: Int, limit: Int) async throws -> [TriageJob]
    /// A job, active or past; nil: none has this id.
    func job(_ id: String) async throws -> TriageJob?
    func cancel(_ id: String) async throws
    func retry(_ id: String) async throws
    func pause() async throws
    func resume() async throws
    /// Reads the configuration again; what cannot change while the daemon runs, a sentence each.
    func reload() async throws -> [String]
    func status() async throws -> TriageStatus
}
