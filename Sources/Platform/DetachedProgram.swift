import CPlatform
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that is started for the user and goes on for as long as it likes, also when this process has ended.
package enum DetachedProgram {
    /// Starts it with /dev/null as input and output, standard error as it is, and the signals as a shell gives them:
    /// threads block nearly all, which a program would inherit for good. `ended` is told how it ended.
    ///
    /// Throws `SystemCallError` when it cannot be started (posix_spawn(3)) or watched (pidfd_open(2)).
    package static func start(
        program: String, arguments: [String], environment: [String: String],
        ended: @escaping @Sendable (ChildProcess.End) -> Void
    ) throws(SystemCallError) {
        var process: pid_t = 0
        let code = ChildProcess.withStrings([program] + arguments) { arguments in
            ChildProcess.withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                lungtriage_spawn(&process, program, arguments, environment, -1)
            }
        }
        guard code == 0 else { throw SystemCallError("\(program) cannot be started.", code: code) }
        let handle = lungtriage_pidfd(process)
        guard handle >= 0 else { throw SystemCallError("A process that was started cannot be watched.", code: errno) }
        do {
            try Watch(process: process, ended: ended).begin(handle)
        } catch {
            close(handle)
            throw error
        }
    }
}

/// Keeps itself until the process has ended.
private final class Watch: Sendable {
    private let process: pid_t
    private let ended: @Sendable (ChildProcess.End) -> Void
    private let source = Mutex<ReadinessSource?>(nil)

    init(process: pid_t, ended: @escaping @Sendable (ChildProcess.End) -> Void) {
        self.process = process
        self.ended = ended
    }

    func begin(_ handle: Int32) throws(SystemCallError) {
        let made = source.withLock { source -> Result<Void, SystemCallError> in
            Result { () throws(SystemCallError) in
                source = try ReadinessSource(
                    handle, once: true, ready: { self.reap() }, cancelled: { close(handle) })
            }
        }
        try made.get()
    }

    private func reap() {
        var status: Int32 = 0
        var usage = rusage()
        guard retryingInterrupted({ wait4(process, &status, WNOHANG, &usage) }) == process else { return }
        // Waits for `begin` to have put it there.
        source.withLock { source in
            source?.cancel()
            source = nil
        }
        ended(ChildProcess.End(status: status, usage: usage))
    }
}
