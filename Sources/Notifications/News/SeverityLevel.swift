/// The triage levels of a completed study, by their names on the bus.
package enum SeverityLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    case none, mild, moderate, severe, critical

    package static func < (left: SeverityLevel, right: SeverityLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
