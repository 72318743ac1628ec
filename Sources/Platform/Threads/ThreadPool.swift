/// Threads that run jobs in the order in which they came. A thread is started when there is a job and none that is free; without
/// jobs they sleep, and nothing wakes them.
///
/// The threads end when the pool is gone and its jobs are done.
package final class ThreadPool<Job: Sendable>: Sendable {
    private struct State: Sendable {
        var jobs = FirstInFirstOut<Job>()
        var threads = 0
        var sleeping = 0
        var isClosed = false
    }

    private let name: String
    private let limit: Int
    private let run: @Sendable (Job) -> Void
    private let state = Monitor(State())

    /// `limit`: threads at most; 1 keeps the order of the jobs' ends as well.
    package init(named name: String, limit: Int, run: @escaping @Sendable (Job) -> Void) {
        self.name = name
        self.limit = max(limit, 1)
        self.run = run
    }

    deinit {
        state.withLock { $0.isClosed = true }
        state.wakeAll()
    }

    package func enqueue(_ job: Job) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.sleeping < state.jobs.count, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        needsThread ? startThread() : state.wakeOne()
    }

    private func startThread() {
        do {
            try DetachedThread.start(named: name) { [state, run] in
                while let job = Self.next(state) { run(job) }
            }
        } catch {
            let isAlone = state.withLock { state in
                state.threads -= 1
                return state.threads == 0
            }
            // No job is lost where the system has no threads: who brought it runs it.
            while isAlone, let job = state.withLock({ $0.jobs.take() }) { run(job) }
        }
    }

    private static func next(_ state: Monitor<State>) -> Job? {
        var isAsleep = false
        return state.wait { state -> Job?? in
            if isAsleep { state.sleeping -= 1 }
            if let job = state.jobs.take() { return .some(job) }
            if state.isClosed { return .some(nil) }
            state.sleeping += 1
            isAsleep = true
            return nil
        }
    }
}
