/// Waits for a condition, and says what it waited for when it does not come.
package func eventually(
    _ what: String, within seconds: Double = 30, every pause: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: pause)
    }
    throw Timeout(what: what, seconds: seconds)
}

package struct Timeout: Error, CustomStringConvertible {
    package let what: String
    package let seconds: Double

    package init(what: String, seconds: Double) {
        self.what = what
        self.seconds = seconds
    }

    package var description: String { "not within \(seconds) s: \(what)" }
}
