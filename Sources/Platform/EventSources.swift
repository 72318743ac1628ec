import Dispatch

/// Calls a function whenever a descriptor can be read.
///
/// `@unchecked Sendable`: Dispatch sources may be cancelled from any thread; Dispatch only does not say so to the compiler.
package final class ReadinessSource: @unchecked Sendable {
    private let source: any DispatchSourceRead

    /// `cancelled` is called once, after `cancel`, when `ready` is not called any more.
    package init(
        _ descriptor: Int32, queue: DispatchQueue = .global(), ready: @escaping @Sendable () -> Void,
        cancelled: @escaping @Sendable () -> Void
    ) {
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: ready)
        source.setCancelHandler(handler: cancelled)
        source.resume()
    }

    package func cancel() { source.cancel() }
}

/// Calls a function again and again until it is gone.
///
/// `@unchecked Sendable`: as for `ReadinessSource`.
package final class RepeatingTimer: @unchecked Sendable {
    private let source: any DispatchSourceTimer

    package init(every seconds: Double, leeway: DispatchTimeInterval, _ body: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeTimerSource(queue: .global())
        source.schedule(deadline: .now() + seconds, repeating: seconds, leeway: leeway)
        source.setEventHandler(handler: body)
        source.resume()
    }

    deinit { source.cancel() }
}
