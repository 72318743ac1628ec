import CPlatform
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The thread that waits for everything that a process waits for: descriptors and moments (epoll(7), timerfd_create(2)).
/// Nothing wakes it up but these.
///
/// What it calls is short and waits for nothing: everything else waits meanwhile.
package final class EventLoop: Sendable {
    package typealias Call = @Sendable () -> Void

    private struct Source: Sendable {
        let descriptor: Int32
        let ready: Call
        let cancelled: Call
    }

    private struct State: Sendable {
        var sources: [UInt64: Source] = [:]
        /// Cancelled, and not told yet.
        var retired: [Call] = []
        var timers = TimerQueue<Call>()
        /// When the timer goes off; nil where it does not.
        var wakeUp: Int64?
        var nextToken = Token.first
    }

    /// What epoll tells of a descriptor. Never used again, unlike descriptors' numbers.
    private enum Token {
        static let timer: UInt64 = 0
        static let wake: UInt64 = 1
        static let first: UInt64 = 2
    }

    private let poll: Int32
    private let timer: Int32
    private let wake: Int32
    private let state = Mutex(State())

    private static let made = Mutex<EventLoop?>(nil)

    /// The process's own, which is made when it is first asked for and never ends. Throws `SystemCallError`.
    package static func shared() throws(SystemCallError) -> EventLoop {
        let made = made.withLock { made -> Result<EventLoop, SystemCallError> in
            if let made { return .success(made) }
            return Result { () throws(SystemCallError) in
                let loop = try EventLoop()
                try DetachedThread.start(named: "lungtriage-loop") { loop.run() }
                made = loop
                return loop
            }
        }
        return try made.get()
    }

    private init() throws(SystemCallError) {
        poll = lungtriage_poll_create()
        timer = lungtriage_timer_create()
        wake = lungtriage_event_create()
        let isWatched =
            poll >= 0 && timer >= 0 && wake >= 0 && watch(timer, Token.timer) == 0 && watch(wake, Token.wake) == 0
        guard isWatched else {
            throw SystemCallError("Events of the system cannot be watched.", code: errno)
        }
    }

    deinit {
        for descriptor in [poll, timer, wake] where descriptor >= 0 { close(descriptor) }
    }

    private func watch(_ descriptor: Int32, _ token: UInt64, once: Bool = false) -> Int32 {
        lungtriage_poll_add(poll, descriptor, token, once ? 1 : 0)
    }
}

// MARK: - From any thread

extension EventLoop {
    /// Throws `SystemCallError` when the descriptor cannot be watched.
    func add(
        _ descriptor: Int32, once: Bool, ready: @escaping Call, cancelled: @escaping Call
    ) throws(SystemCallError) -> UInt64 {
        // Under the lock, so that it is known before it is ready.
        let (token, status) = state.withLock { state in
            let token = state.nextToken
            state.nextToken += 1
            guard watch(descriptor, token, once: once) == 0 else { return (token, errno) }
            state.sources[token] = Source(descriptor: descriptor, ready: ready, cancelled: cancelled)
            return (token, 0)
        }
        guard status == 0 else { throw SystemCallError("A descriptor cannot be watched.", code: status) }
        return token
    }

    /// Has `cancelled` called, once, when `ready` is not called any more.
    func cancel(_ token: UInt64) {
        let wasThere = state.withLock { state in
            guard let source = state.sources.removeValue(forKey: token) else { return false }
            _ = lungtriage_poll_remove(poll, source.descriptor)
            state.retired.append(source.cancelled)
            return true
        }
        guard wasThere else { return }
        var one: UInt64 = 1
        _ = retryingInterrupted { write(wake, &one, 8) }
    }

    /// Calls a function once, after so many nanoseconds; up to `tolerance` later, where that saves a wake-up.
    package func call(after nanoseconds: Int64, tolerance: Int64, _ body: @escaping Call) {
        let earliest = lungtriage_timer_now().addingClamped(max(nanoseconds, 0))
        state.withLock { state in
            state.timers.insert(
                .init(earliest: earliest, latest: earliest.addingClamped(max(tolerance, 0)), action: body))
            setTimer(&state)
        }
    }

    private func setTimer(_ state: inout State) {
        guard let next = state.timers.nextWakeUp, next != state.wakeUp else { return }
        state.wakeUp = next
        _ = lungtriage_timer_set(timer, next)
    }
}

// MARK: - On the thread

extension EventLoop {
    private func run() {
        var tokens = [UInt64](repeating: 0, count: 32)
        while true {
            let count = lungtriage_poll_wait(poll, &tokens)
            for token in tokens.prefix(Int(max(count, 0))) { handle(token) }
            let retired = state.withLock { state in
                defer { state.retired = [] }
                return state.retired
            }
            for tell in retired { tell() }
        }
    }

    private func handle(_ token: UInt64) {
        switch token {
        case Token.timer:
            empty(timer)
            state.withLock { $0.wakeUp = nil }
            callDue()
        case Token.wake: empty(wake)
        // One that was cancelled a moment ago is not there any more.
        default: state.withLock { $0.sources[token]?.ready }?()
        }
    }

    private func callDue() {
        let now = lungtriage_timer_now()
        while let due = state.withLock({ $0.timers.takeDue(at: now) }) { due.action() }
        state.withLock { setTimer(&$0) }
    }

    private func empty(_ descriptor: Int32) {
        var count: UInt64 = 0
        _ = retryingInterrupted { read(descriptor, &count, 8) }
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
