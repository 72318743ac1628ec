import Bus

/// What the station says when it is asked. Each question has a connection of its own: they are few, and a restart of
/// the bus between two of them is of no account.
package struct StationHistory: Sendable {
    /// A study that waited longer than this, or was tried again later, is not looked for: the station lists jobs by
    /// their arrival. 30 days in microseconds.
    static let longestStay: UInt64 = 30 * 86_400 * 1_000_000
    private static let pageSize: UInt32 = 1000
    private static let mostPages: UInt32 = 100

    private let address: BusAddress

    package init(on address: BusAddress) { self.address = address }

    /// What ended at `start` or later (microseconds since 1970), the earliest end first.
    ///
    /// Throws ``BusError``: `accessDenied` when this user may not read, `unavailable`, `cannotConnect`, `timedOut`.
    package func ended(since start: UInt64) async throws(BusError) -> [StudyNews] {
        let client = try await TriageClient.connect(to: address)
        let filter = TriageJobFilter(
            states: [.completed, .failed, .quarantined], since: start > Self.longestStay ? start - Self.longestStay : 0)
        var found: [String: StudyNews] = [:]
        for page in 0..<Self.mostPages {
            let jobs = try await client.jobs(
                matching: filter, offset: page * Self.pageSize, limit: Self.pageSize)
            for news in jobs.compactMap(StudyNews.init) where news.ended >= start { found[news.job] = news }
            if jobs.count < Int(Self.pageSize) { break }
        }
        return found.values.sorted { ($0.ended, $0.job) < ($1.ended, $1.job) }
    }

    /// Throws ``BusError``: `notFound`, `accessDenied`, `unavailable`, `cannotConnect`, `timedOut`.
    package func job(_ id: String) async throws(BusError) -> TriageJob {
        try await TriageClient.connect(to: address).job(id)
    }
}
