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

    package enum Familiarity: Hashable, Sendable {
        case new
        case known
        /// It is known when the job ended at this time or before: its last end was found in the history, or is of a
        /// later announcement.
        case knownIfEnded(UInt64)
    }

    /// What is known of an end. Announcements of one job have rising numbers; numbers and jobs begin anew when the
    /// station gets a new database.
    package func familiarity(with news: StudyNews) -> Familiarity {
        endings[news.job].map { Self.familiarity(with: news, last: $0) } ?? .new
    }

    static func familiarity(with news: StudyNews, last: Ending) -> Familiarity {
        guard let announcement = news.announcement else { return news.ended <= last.ended ? .known : .new }
        guard let known = last.announcement, announcement >= known else { return .knownIfEnded(last.ended) }
        return announcement == known ? .known : .new
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
