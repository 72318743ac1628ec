/// Calls a function whenever a descriptor can be read, on the event loop's thread.
package final class ReadinessSource: Sendable {
    private let loop: EventLoop
    private let token: UInt64

    /// `ready` reads, or is called again at once; with `once` it is called a single time. `cancelled` is called once, after
    /// `cancel`, when `ready` is not called any more: the descriptor may be closed then.
    ///
    /// Throws `SystemCallError` when the descriptor cannot be watched; `cancelled` is not called then.
    package init(
        _ descriptor: Int32, once: Bool = false, ready: @escaping @Sendable () -> Void,
        cancelled: @escaping @Sendable () -> Void
    ) throws(SystemCallError) {
        loop = try .shared()
        token = try loop.add(descriptor, once: once, ready: ready, cancelled: cancelled)
    }

    package func cancel() { loop.cancel(token) }
}
