/// What was told, as plain values: kept between sessions, so that a later one tells what it missed and nothing twice.
package struct NewsMemory: Hashable, Sendable, Codable {
    package struct Ending: Hashable, Sendable, Codable {
        /// nil: it was found in the history.
        package var announcement: UInt64?
        /// Microseconds since 1970.
        package var ended: UInt64
    }

    /// Of the file's layout.
    package static let currentVersion = 1
    /// So many endings are remembered.
    static let remembered = 2000
    /// Studies of several devices need not be told in the order of their ends.
    static let margin: UInt64 = 120_000_000

    package private(set) var version = currentVersion
    /// What ended before is known, or was before the time of this memory; microseconds since 1970.
    package private(set) var knownUntil: UInt64
    /// The last ending of each job that was told.
    package private(set) var endings: [String: Ending] = [:]

    package init(knownUntil: UInt64) { self.knownUntil = knownUntil }

    /// What ended at this time or later may not be known yet.
    package var searchStart: UInt64 { knownUntil > Self.margin ? knownUntil - Self.margin : 0 }

    /// Whether the announcement was told, or the job's end was found in the history.
    package func knows(_ news: StudyNews) -> Bool {
        guard let known = endings[news.job] else { return false }
        if let announcement = news.announcement { return known.announcement == announcement }
        return news.ended <= known.ended
    }

    package mutating func remember(_ news: StudyNews) {
        endings[news.job] = Ending(
            announcement: news.announcement, ended: max(news.ended, endings[news.job]?.ended ?? 0))
        guard endings.count > Self.remembered + Self.remembered / 4 else { return }
        let newest = endings.sorted { $0.value.ended > $1.value.ended }.prefix(Self.remembered)
        endings = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }

    /// Everything that ended before `time` was told.
    package mutating func knowEverything(until time: UInt64) { knownUntil = max(knownUntil, time) }

    /// A clock that was set back must not hide what ends from now on.
    package mutating func limit(to now: UInt64) { knownUntil = min(knownUntil, now) }
}
