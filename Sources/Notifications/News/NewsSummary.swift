/// Many studies' news in one: how many of each kind, and the names of a few.
package struct NewsSummary: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case level(SeverityLevel)
        /// Completed without a level.
        case noLevel
        case failed
    }

    /// The most important first.
    package static let kinds: [Kind] =
        [.level(.critical), .level(.severe), .failed, .noLevel]
        + [.level(.moderate), .level(.mild), .level(.none)]
    /// So many names of a kind are kept: a notification shows few, and memory must not grow with a flood.
    package static let namesOfKind = 5

    package private(set) var counts: [Kind: Int] = [:]
    package private(set) var names: [Kind: [String]] = [:]
    /// Completed, with scores that nobody should rely on.
    package private(set) var doubtful = 0

    package init(_ news: [StudyNews] = []) {
        for one in news { add(one) }
    }

    package mutating func add(_ news: StudyNews) {
        let kind = Kind(news.outcome)
        counts[kind, default: 0] += 1
        if news.isDoubtful { doubtful += 1 }
        let known = names[kind, default: []]
        if known.count < Self.namesOfKind, !known.contains(news.study) { names[kind] = known + [news.study] }
    }

    package var total: Int { counts.values.reduce(0, +) }
    package var failed: Int { counts[.failed] ?? 0 }
    package var completed: Int { total - failed }

    package func count(_ kind: Kind) -> Int { counts[kind] ?? 0 }
}

extension NewsSummary.Kind {
    package init(_ outcome: StudyNews.Outcome) {
        switch outcome {
        case .completed(let scores): self = scores.level.map(Self.level) ?? .noLevel
        case .failed: self = .failed
        }
    }
}
