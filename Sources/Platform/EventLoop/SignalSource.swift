import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Signals that a process takes instead of dying of them. They stay taken when this is gone.
package final class SignalSource: Sendable {
    /// Each signal that has come, in its order.
    package let signals: AsyncStream<Int32>
    private let source: ReadinessSource

    /// Throws `SystemCallError` when the system does not let it listen, or when the process has one already.
    package init(_ numbers: Int32...) throws(SystemCallError) {
        let descriptor = lungtriage_catch_signals(numbers, Int32(numbers.count))
        guard descriptor >= 0 else { throw SystemCallError("Signals cannot be caught.", code: errno) }
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        source = try ReadinessSource(descriptor) {
            var number: UInt8 = 0
            while retryingInterrupted({ read(descriptor, &number, 1) }) == 1 { continuation.yield(Int32(number)) }
        } cancelled: {
            // The descriptor stays: a signal may be on its way into it.
            continuation.finish()
        }
    }

    deinit { source.cancel() }
}
