#if compiler(>=6.3) && !compiler(>=6.4)
    @_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// Runs tasks on a few threads, in the order in which they became ready; those that sleep wait in the event loop.
    ///
    /// Priorities are not looked at: a service's tasks are short, and what comes first is a matter of its own queues.
    final class TaskThreads: TaskExecutor, SchedulingExecutor {
        /// More would only cost memory: whatever computes or waits for disks has threads of its own.
        private static let most = 4

        private let loop: EventLoop
        private let threads: ThreadPool<UnownedJob>
        private let itself = Itself()

        /// Knows its executor, which knows the threads that know this.
        ///
        /// `@unchecked Sendable`: set once, before there is a job.
        private final class Itself: @unchecked Sendable {
            weak var executor: TaskThreads?
        }

        init(loop: EventLoop) {
            self.loop = loop
            let count = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 2), Self.most)
            threads = ThreadPool(named: "lungtriage-tasks", limit: count) { [itself] job in
                guard let executor = itself.executor else { return }
                job.runSynchronously(on: executor.asUnownedTaskExecutor())
            }
            itself.executor = self
        }

        func enqueue(_ job: consuming ExecutorJob) { threads.enqueue(UnownedJob(job)) }

        func enqueue<C: Clock>(
            _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
        ) {
            // Swift's own clocks only come here: others make their tasks sleep themselves.
            let delay = (delay as? Duration) ?? .zero
            let tolerance = (tolerance as? Duration) ?? .zero
            let job = UnownedJob(job)
            loop.call(after: delay.nanoseconds, tolerance: tolerance.nanoseconds) { [threads] in
                threads.enqueue(job)
            }
        }

        func enqueue<C: Clock>(
            _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
        ) {
            enqueue(job, after: clock.now.duration(to: instant), tolerance: tolerance, clock: clock)
        }
    }
#endif
