/// Decides what is told one by one and what is folded: more than `limit` studies within `window` become one summary,
/// which goes on for as long as no `window` passes without news.
package struct NewsFolding: Sendable {
    package enum Item: Hashable, Sendable {
        case study(StudyNews)
        /// The summary of the flood with this number: a later one of the same number replaces it.
        case summary(NewsSummary, flood: Int)
    }

    private struct Flood {
        var summary: NewsSummary
        var last: ContinuousClock.Instant
    }

    package let limit: Int
    package let window: Duration
    private var recent: [(news: StudyNews, told: ContinuousClock.Instant)] = []
    private var flood: Flood?
    private var floods = 0

    package init(limit: Int = 5, window: Duration = .seconds(10)) {
        self.limit = limit
        self.window = window
    }

    /// What to tell of `news`. The summary counts the studies of the window before it as well: it says how many there
    /// are.
    package mutating func fold(_ news: [StudyNews], at now: ContinuousClock.Instant) -> [Item] {
        guard !news.isEmpty else { return [] }
        recent = recent.filter { now - $0.told <= window }
        if let last = flood?.last, now - last > window { flood = nil }
        if flood == nil {
            guard recent.count + news.count > limit else {
                recent += news.map { ($0, now) }
                return news.map(Item.study)
            }
            floods += 1
            flood = Flood(summary: NewsSummary(recent.map(\.news)), last: now)
            recent = []
        }
        for one in news { flood?.summary.add(one) }
        flood?.last = now
        return flood.map { [.summary($0.summary, flood: floods)] } ?? []
    }
}
