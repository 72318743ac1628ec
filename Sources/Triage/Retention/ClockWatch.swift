/// Whether the time of day can be trusted with removing what is old. A clock that leaps by years, as with an empty battery or
/// a wrong time server, would take all results with it.
package struct ClockWatch: Sendable {
    /// The time of day, seconds since 1970, and the time that nobody sets, when they were last compared.
    private var seen: (time: Double, instant: ContinuousClock.Instant)?
    private var trustedFrom: ContinuousClock.Instant?

    package init() {}

    /// Differences up to here are daylight saving done wrong, and slow clocks.
    package static let tolerance = 2 * 3600.0
    /// A machine may be off for so long without raising doubts.
    package static let absence = 14 * 86400.0
    /// After a leap nothing is removed for so long: time for a person to see the warning.
    package static let quarantine = Duration.seconds(86400)

    /// Compares clocks; the sentence to be logged when there was a leap.
    ///
    /// `stored`: the time of day that the last process has seen last.
    package mutating func look(time: Double, instant: ContinuousClock.Instant, stored: Double?) -> String? {
        defer { seen = (time, instant) }
        let leap: Double
        if let seen {
            let passed = seen.instant.duration(to: instant)
            leap = time - seen.time - Double(passed.components.seconds)
            guard abs(leap) > Self.tolerance else { return nil }
        } else {
            leap = stored.map { time - $0 } ?? 0
            guard leap < -Self.tolerance || leap > Self.absence else { return nil }
        }
        trustedFrom = instant + Self.quarantine
        return "The clock has leapt by \(Int(leap / 3600)) hours: nothing is removed for a day. Check the time of day."
    }

    package func isTrusted(at instant: ContinuousClock.Instant) -> Bool { trustedFrom.map { instant >= $0 } ?? true }
}
