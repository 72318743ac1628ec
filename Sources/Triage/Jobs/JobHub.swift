import Logging
import Synchronization
import WorkerLink

/// Where news of jobs comes together: tells the observer, wakes whoever has something to do now, and knows which jobs someone
/// wants cancelled.
final class JobHub: Sendable {
    private struct State {
        var cancelled: Set<JobID> = []
        /// By their places: a new worker takes its predecessor's, on whichever device.
        var workers: [Int: WorkerDescription] = [:]
        var running: Set<JobID> = []
    }

    private let store: JobStore
    private let observer: any TriageObserver
    private let logger: Logger
    private let state = Mutex(State())
    /// Rings when a job has come to its end: for announcements, filing and the worklist.
    let announcements = Doorbell()
    let endings = Doorbell()
    let worklist = Doorbell()
    let troubles: TroubleBoard
    let metrics = Metrics()

    init(store: JobStore, observer: any TriageObserver, logger: Logger) {
        self.store = store
        self.observer = observer
        self.logger = logger
        troubles = TroubleBoard { observer.statusChanged() }
    }

    // MARK: - News

    func arrived(_ jobs: [JobID]) async {
        guard !jobs.isEmpty else { return }
        var waiting: [Job] = []
        for job in (try? await store.jobs(jobs)) ?? [] {
            if job.state.name == .queued { waiting.append(job) } else { ringForEnd() }
        }
        logger.info("\(jobs.count) file(s) were taken in.", metadata: ["first": "\(jobs[0])"])
        await observer.queued(waiting)
    }

    func started(_ id: JobID) async {
        state.withLock { _ = $0.running.insert(id) }
        if let job = try? await store.job(id) {
            logger.info("Analysis begins.", metadata: ["job": "\(id)", "study": "\(job.study)"])
            await observer.started(job)
        }
    }

    func progressed(_ id: JobID, _ progress: JobProgress) async { await observer.progressed(id, progress) }

    /// A job that had come to its end is to be tried again.
    func isBack(_ job: Job) async { await observer.queued([job]) }

    func waits(_ id: JobID, because reason: String) async {
        logger.warning("The study waits: \(reason)", metadata: ["job": "\(id)"])
        if let job = try? await store.job(id) { await observer.waits(job) }
    }

    func cameToEnd(_ id: JobID) async {
        logger.info("A job has come to its end.", metadata: ["job": "\(id)"])
        ringForEnd()
    }

    func ended(_ id: JobID) {
        state.withLock {
            $0.running.remove(id)
            $0.cancelled.remove(id)
        }
    }

    private func ringForEnd() {
        announcements.ring()
        endings.ring()
        worklist.ring()
    }

    // MARK: - Workers

    func workerReady(_ description: WorkerDescription, number: Int) {
        state.withLock { $0.workers[number] = description }
        metrics.workerStarted(on: description.device)
        troubles.settle(.worker(number))
        observer.statusChanged()
    }

    func pauseChanged() { observer.statusChanged() }

    var workers: [WorkerDescription] { state.withLock { $0.workers.sorted { $0.key < $1.key }.map(\.value) } }

    // MARK: - Cancelling

    func cancel(_ id: JobID) { state.withLock { _ = $0.cancelled.insert(id) } }
    func isCancelled(_ id: JobID) -> Bool { state.withLock { $0.cancelled.contains(id) } }
}
