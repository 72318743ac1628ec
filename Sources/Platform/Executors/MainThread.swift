#if compiler(>=6.3) && !compiler(>=6.4)
    @_spi(ExperimentalCustomExecutors) import _Concurrency

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The main actor's jobs, on the thread that made this.
    final class MainThread: MainExecutor {
        private struct State: Sendable {
            var jobs = FirstInFirstOut<UnownedJob>()
            var isStopped = false
        }

        private let state = Monitor(State())
        private let thread = pthread_self()

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            state.withLock { $0.jobs.append(job) }
            state.wakeOne()
        }

        func run() { runUntil { false } }

        func runUntil(_ condition: () -> Bool) {
            state.withLock { $0.isStopped = false }
            while !condition(), !state.withLock({ $0.isStopped }) { runNext() }
        }

        func stop() {
            state.withLock { $0.isStopped = true }
            state.wakeOne()
        }

        private func runNext() {
            let job = state.wait { state -> UnownedJob?? in
                if let job = state.jobs.take() { return .some(job) }
                return state.isStopped ? .some(nil) : nil
            }
            job?.runSynchronously(on: asUnownedSerialExecutor())
        }

        func isIsolatingCurrentContext() -> Bool? { pthread_equal(pthread_self(), thread) != 0 }

        func checkIsolated() {
            precondition(pthread_equal(pthread_self(), thread) != 0, "This is not the main thread.")
        }
    }
#endif
