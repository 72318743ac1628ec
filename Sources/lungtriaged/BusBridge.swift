import Bus
import Logging
import Platform
import StationConfiguration
import Synchronization
import Triage

/// Between the daemon and its bus: passes on what is asked, and tells what happens.
final class BusBridge: Sendable {
    private struct Ends {
        let daemon: TriageDaemon
        let bus: TriageBusService
    }

    private let settings: ConfigurationSource
    private let manager: ServiceManager
    private let logger: Logger
    private let ends = Mutex<Ends?>(nil)

    init(settings: ConfigurationSource, manager: ServiceManager, logger: Logger) {
        self.settings = settings
        self.manager = manager
        self.logger = logger
    }

    /// Before anything runs. Puts the jobs that wait onto the bus.
    func connect(_ daemon: TriageDaemon, _ bus: TriageBusService) async throws {
        ends.withLock { $0 = Ends(daemon: daemon, bus: bus) }
        let active = JobFilter(states: [.arriving, .queued, .running, .delivering])
        bus.setActive(try await daemon.jobs(active, limit: 1000).map(TriageJob.init))
    }

    private func daemon() throws -> TriageDaemon {
        guard let ends = ends.withLock({ $0 }) else { throw BusError(.unavailable, "The daemon is starting.") }
        return ends.daemon
    }

    private var bus: TriageBusService? { ends.withLock { $0?.bus } }
}

extension BusBridge: TriageObserver {
    func queued(_ jobs: [Job]) async {
        for job in jobs { await bus?.studyQueued(TriageJob(job)) }
        bus?.statusChanged()
    }

    func started(_ job: Job) async {
        await bus?.studyStarted(TriageJob(job))
        bus?.statusChanged()
    }

    func progressed(_ job: JobID, _ progress: JobProgress) async {
        let end = progress.secondsLeft.map { BusTime.microseconds(WallClock.now + $0) }
        bus?.progress("\(job)", progress.share, expectedEnd: end)
    }

    func waits(_ job: Job) async { await bus?.studyQueued(TriageJob(job)) }
    func statusChanged() { bus?.statusChanged() }

    func announce(_ announcement: Announcement) async throws {
        guard let bus else { throw BusError(.disconnected, "There is no bus yet.") }
        let news = TriageAnnouncement(
            number: UInt64(clamping: announcement.id), isResent: announcement.mayBeRepeated)
        let job = TriageJob(announcement.job)
        if job.result != nil {
            try await bus.studyCompleted(job, news)
        } else {
            try await bus.studyFailed(job, news)
        }
        bus.statusChanged()
    }
}

extension BusBridge: TriageControl {
    func submit(_ submission: TriageSubmission) async throws -> String {
        try await answering {
            let priority = submission.priority.flatMap { Priority(name: $0.rawValue) } ?? .routine
            return try await $0.submit(path: submission.path, priority: priority, user: submission.user)
                .description
        }
    }

    func jobs(matching filter: TriageJobFilter, offset: Int, limit: Int) async throws -> [TriageJob] {
        try await answering { try await $0.jobs(JobFilter(filter), offset: offset, limit: limit).map(TriageJob.init) }
    }

    func job(_ id: String) async throws -> TriageJob? {
        guard let number = Int64(id) else { return nil }
        return try await daemon().find(JobID(rawValue: number)).map(TriageJob.init)
    }

    func cancel(_ id: String) async throws {
        try await answering(wrongState: .notCancelable) { try await $0.cancel(try Self.number(id)) }
    }

    func retry(_ id: String) async throws {
        try await answering(wrongState: .notRetryable) { try await $0.retry(try Self.number(id)) }
    }

    func pause() async throws { try await answering { try await $0.pause() } }
    func resume() async throws { try await answering { try await $0.resume() } }

    func reload() async throws -> [String] {
        manager.reloading()
        defer { manager.ready(status: "The configuration was read.") }
        do {
            let late = try daemon().reload(try settings.read())
            logger.notice("The configuration was read anew.", metadata: ["late": "\(late.joined(separator: ", "))"])
            return late.map { "\($0) takes effect after a restart." }
        } catch let error as InvalidConfiguration {
            logger.error("The configuration is wrong, and the old one stays: \(error)")
            throw BusError(.invalidArgument, "The configuration is wrong, and the old one stays: \(error)")
        }
    }

    func status() async throws -> Bus.TriageStatus { Bus.TriageStatus(try await daemon().status()) }

    /// Throws `BusError`.
    private func answering<Answer>(
        wrongState: BusError.Code = .failed, _ body: (TriageDaemon) async throws -> Answer
    ) async throws -> Answer {
        do {
            return try await body(try daemon())
        } catch let error as TriageError {
            throw BusError(Self.code(error.code, wrongState), error.message)
        } catch let error as BusError {
            throw error
        } catch {
            logger.error("A request failed: \(error)")
            throw BusError(.failed, "The daemon could not do this; its log says why.")
        }
    }

    private static func code(_ code: TriageError.Code, _ wrongState: BusError.Code) -> BusError.Code {
        switch code {
        case .notFound: .notFound
        case .invalidArgument: .invalidArgument
        case .busy: .busy
        case .wrongState: wrongState
        case .configuration, .store, .files, .worker: .failed
        }
    }

    private static func number(_ id: String) throws -> JobID {
        guard let number = Int64(id) else { throw BusError(.notFound, "There is no job \(id).") }
        return JobID(rawValue: number)
    }
}
