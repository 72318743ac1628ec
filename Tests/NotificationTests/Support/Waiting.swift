/// Waits for a condition, and says what it waited for when it does not come.
func eventually(_ what: String, within seconds: Double = 20, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw Timeout(what: what, seconds: seconds)
}

struct Timeout: Error, CustomStringConvertible {
    let what: String
    let seconds: Double
    var description: String { "not within \(seconds) s: \(what)" }
}
