/// Calls a function again and again, on the event loop's thread, until this is gone.
package final class RepeatingTimer: Sendable {
    /// Throws `SystemCallError` where events cannot be watched. `tolerance`: how much later a call may come.
    package init(
        every period: Duration, tolerance: Duration, _ body: @escaping @Sendable () -> Void
    ) throws(SystemCallError) {
        Self.schedule(on: try .shared(), period.nanoseconds, tolerance.nanoseconds) { [weak self] in
            guard self != nil else { return false }
            body()
            return true
        }
    }

    private static func schedule(
        on loop: EventLoop, _ period: Int64, _ tolerance: Int64, _ body: @escaping @Sendable () -> Bool
    ) {
        loop.call(after: period, tolerance: tolerance) {
            if body() { schedule(on: loop, period, tolerance, body) }
        }
    }
}

extension Duration {
    /// As many as 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isBeyond) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isBeyond ? (seconds < 0 ? .min : .max) : sum
    }
}
