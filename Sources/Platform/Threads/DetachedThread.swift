import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Threads that nobody joins.
package enum DetachedThread {
    /// Starts a thread. It takes no signals, so that system calls on it are not interrupted; faults of its own still end the
    /// process. `name`: what `ps` and debuggers show, 15 characters of it.
    ///
    /// Throws `SystemCallError` where the system has no thread to give.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        let box = Unmanaged.passRetained(Start(name: name, body: body))
        var every = sigset_t()
        var before = sigset_t()
        sigfillset(&every)
        for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&every, fault) }
        pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                lungtriage_name_thread(start.name)
                start.body()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            throw SystemCallError("A thread cannot be started.", code: status)
        }
        pthread_detach(thread)
    }
}

/// What a new thread is given.
private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
