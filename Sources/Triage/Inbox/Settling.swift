import Platform

/// Files that may still be growing: each is watched until it has been the same for a while.
struct Settling {
    private struct Seen {
        var facts: FileFacts
        var since: ContinuousClock.Instant
    }

    private var seen: [String: Seen] = [:]

    var isEmpty: Bool { seen.isEmpty }

    /// Notes how a file is now, and whether it has been so for as long as it takes.
    mutating func isSettled(_ path: String, _ facts: FileFacts, for time: Duration, now: ContinuousClock.Instant)
        -> Bool
    {
        if let known = seen[path], known.facts == facts { return now - known.since >= time }
        seen[path] = Seen(facts: facts, since: now)
        return false
    }

    /// Someone is writing it at this moment.
    mutating func restart(_ path: String, _ facts: FileFacts, now: ContinuousClock.Instant) {
        seen[path] = Seen(facts: facts, since: now)
    }

    mutating func forget(_ path: String) { seen[path] = nil }

    /// Drops what is no longer there.
    mutating func keep(_ paths: Set<String>) { seen = seen.filter { paths.contains($0.key) } }
}
