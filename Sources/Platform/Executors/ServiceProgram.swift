#if compiler(>=6.3) && !compiler(>=6.4)
    @_spi(ExperimentalCustomExecutors) import _Concurrency
#else
    import Dispatch
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How a program runs that waits nearly always.
///
/// Swift's tasks run on Dispatch's threads by default, which wake up once a second to look after each other, for as long as the
/// process lives. A service that has nothing to do for hours should do nothing: its tasks run on threads of our own, and its
/// sleeps and descriptors wait in one event loop.
package enum ServiceProgram {
    /// Runs a program's main function on the main thread, as the main actor, then ends the process with status 0. To be called
    /// first of all, before there are tasks. `Dispatch` must not be used by such a program, or its threads are back.
    ///
    /// Throws `SystemCallError` where the system gives no thread or descriptor.
    package static func run(_ main: @escaping @MainActor @Sendable () async -> Void) throws(SystemCallError) -> Never {
        // Who started this may have blocked signals, which are inherited; all other threads here take none.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        #if compiler(>=6.3) && !compiler(>=6.4)
            // What replaces the executors is not public before Swift has agreed on its form; a compiler that has it otherwise
            // builds a program that works, and wakes up.
            ServiceExecutors.tasks = try TaskThreads(loop: .shared())
            _createExecutors(factory: ServiceExecutors.self)
        #endif
        Task { @MainActor in
            await main()
            exit(0)
        }
        #if compiler(>=6.3) && !compiler(>=6.4)
            // The process ends where its main function ends.
            while true { ServiceExecutors.main.run() }
        #else
            dispatchMain()
        #endif
    }
}

#if compiler(>=6.3) && !compiler(>=6.4)
    private enum ServiceExecutors: ExecutorFactory {
        static let main = MainThread()
        /// Set once, before anything else runs.
        nonisolated(unsafe) static var tasks: TaskThreads?

        static var mainExecutor: any MainExecutor { main }
        static var defaultExecutor: any TaskExecutor { tasks ?? PlatformExecutorFactory.defaultExecutor }
    }
#endif
