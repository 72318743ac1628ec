import CPlatform
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that was started with one end of a socket pair. It is ended when this is gone.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package struct End: Hashable, Sendable, CustomStringConvertible {
        package enum Cause: Hashable, Sendable {
            case exited(Int32)
            case killed(signal: Int32)
        }

        package let cause: Cause
        /// The most memory that it held at any time.
        package let peakBytes: UInt64

        /// As wait4(2) says it.
        init(status: Int32, usage: rusage) {
            let signal = status & 0x7f
            cause = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
            peakBytes = UInt64(clamping: usage.ru_maxrss) << 10
        }

        package var description: String {
            switch cause {
            case .exited(let status): "it ended with status \(status)"
            case .killed(let signal): "it was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    package let process: pid_t
    /// Our end of the pair, non-blocking. The process hears of its closing.
    package let descriptor: Int32
    private let life: Life
    private let source: ReadinessSource

    /// Starts a program, its end of the pair as descriptor 3. Throws `SystemCallError`.
    package init(
        program: String, arguments: [String], environment: [String: String]
    ) throws(SystemCallError) {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw SystemCallError("A connection to another process cannot be made.", code: errno)
        }
        defer { close(pair[1]) }
        let own = pair[0]
        var started: pid_t = 0
        let code = Self.withStrings([program] + arguments) { arguments in
            Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                lungtriage_spawn(&started, program, arguments, environment, pair[1])
            }
        }
        guard code == 0 else {
            close(own)
            throw SystemCallError("\(program) cannot be started.", code: code)
        }
        let handle = lungtriage_pidfd(started)
        guard handle >= 0 else {
            let code = errno
            close(own)
            _ = Glibc.kill(started, SIGKILL)
            waitpid(started, nil, 0)
            throw SystemCallError("A process that was started cannot be watched.", code: code)
        }
        _ = fcntl(own, F_SETFL, O_NONBLOCK)
        let life = Life(started)
        process = started
        descriptor = own
        self.life = life
        do {
            source = try ReadinessSource(
                handle, once: true, ready: { life.reap() },
                cancelled: {
                    close(handle)
                    close(own)
                })
        } catch {
            close(handle)
            close(own)
            life.end()
            throw error
        }
    }

    deinit {
        life.end()
        source.cancel()
    }

    /// Ends the process and all that it started, at once. Does nothing when it has ended.
    package func kill() { life.kill() }

    /// Waits until it has ended.
    package func end() async -> End { await life.waitForEnd() }

    package var isRunning: Bool { life.isRunning }
    package var residentBytes: UInt64 { lungtriage_resident_bytes(process) }

    static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// Whether a process runs or how it ended, and who waits for that.
private final class Life: Sendable {
    private enum State {
        case running(waiting: [CheckedContinuation<ChildProcess.End, Never>])
        case ended(ChildProcess.End)
    }

    private let process: pid_t
    private let state = Mutex(State.running(waiting: []))

    init(_ process: pid_t) { self.process = process }

    var isRunning: Bool {
        state.withLock { if case .running = $0 { true } else { false } }
    }

    func kill() {
        state.withLock { state in
            // Only until it is reaped is the number certain to be its own.
            guard case .running = state else { return }
            _ = Glibc.kill(-process, SIGKILL)
            _ = Glibc.kill(process, SIGKILL)
        }
    }

    /// Ends the process without anyone waiting for it.
    func end() {
        kill()
        reap(blocking: true)
    }

    func waitForEnd() async -> ChildProcess.End {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state -> ChildProcess.End? in
                switch state {
                case .ended(let end): return end
                case .running(let waiting):
                    state = .running(waiting: waiting + [continuation])
                    return nil
                }
            }
            if let end { continuation.resume(returning: end) }
        }
    }

    func reap(blocking: Bool = false) {
        typealias Waiting = [CheckedContinuation<ChildProcess.End, Never>]
        let news = state.withLock { state -> (ChildProcess.End, Waiting)? in
            var status: Int32 = 0
            var usage = rusage()
            guard case .running(let waiting) = state,
                retryingInterrupted({ wait4(process, &status, blocking ? 0 : WNOHANG, &usage) }) == process
            else { return nil }
            let end = ChildProcess.End(status: status, usage: usage)
            state = .ended(end)
            return (end, waiting)
        }
        guard let (end, waiting) = news else { return }
        for continuation in waiting { continuation.resume(returning: end) }
    }
}
