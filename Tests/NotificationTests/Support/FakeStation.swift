import Bus
import BusTestSupport

/// The station's side of the bus, with a history in memory.
final class FakeStation: Sendable {
    let history = History()
    private let service: TriageBusService
    private let running: Task<Void, Never>

    /// Returns when it owns its name.
    init(on bus: PrivateBus) async throws {
        let service = TriageBusService(
            on: .address(bus.address), version: "test", control: history, authorizer: SameUserAuthorizer(),
            backOff: .init(first: .milliseconds(5), longest: .milliseconds(20)))
        self.service = service
        let (events, event) = AsyncStream.makeStream(of: BusConnector.Event.self)
        running = Task { try? await service.run { event.yield($0) } }
        for await event in events {
            if case .connected = event { break }
        }
    }

    deinit { running.cancel() }

    func stop() async {
        running.cancel()
        await running.value
    }

    /// Puts the job into the history and announces its end.
    func finish(_ job: TriageJob, announcement: UInt64, isResent: Bool = false) async throws {
        await history.add(job)
        try await announce(job, announcement, isResent: isResent)
    }

    func announce(_ job: TriageJob, _ number: UInt64, isResent: Bool = false) async throws {
        let news = TriageAnnouncement(number: number, isResent: isResent)
        if job.result != nil {
            try await service.studyCompleted(job, news)
        } else {
            try await service.studyFailed(job, news)
        }
    }
}

actor History: TriageControl {
    private var jobs: [String: TriageJob] = [:]
    private(set) var questions = 0

    func add(_ job: TriageJob) { jobs[job.id] = job }

    func jobs(matching filter: TriageJobFilter, offset: Int, limit: Int) -> [TriageJob] {
        questions += 1
        let found = jobs.values.filter {
            filter.states.contains($0.state) && $0.arrived >= filter.since ?? 0
        }
        return Array(found.sorted { $0.arrived > $1.arrived }.dropFirst(offset).prefix(limit))
    }

    func job(_ id: String) -> TriageJob? { jobs[id] }
    func status() -> TriageStatus { TriageStatus(activity: .idle) }

    func submit(_ submission: TriageSubmission) throws -> String { throw BusError(.failed, "not here") }
    func cancel(_ id: String) {}
    func retry(_ id: String) {}
    func pause() {}
    func resume() {}
    func reload() -> [String] { [] }
}

extension TriageJob {
    /// A study that is done, ended `secondsAgo`.
    static func completed(
        _ id: String, _ study: String = "P001", level: String = "severe", po: Double? = 23.44, zoneScore: UInt32? = 11,
        folder: String? = nil, missing: [String: String] = [:], details: [String: BusValue] = [:],
        secondsAgo: Double = 0
    ) -> TriageJob {
        let ended = Clock.microseconds(secondsAgo: secondsAgo)
        return TriageJob(
            id: id, study: study, state: .completed, arrived: ended - 60_000_000, finished: ended, isCancelable: false,
            result: TriageResult(
                level: level, po: po, pho: nil, zoneScore: zoneScore, missing: missing,
                details: details.merging(["folder": .string(folder ?? study)]) { $1 }))
    }

    static func failed(
        _ id: String, _ study: String = "P001", code: String = "badInput", message: String = "This is no CT.",
        secondsAgo: Double = 0
    ) -> TriageJob {
        let ended = Clock.microseconds(secondsAgo: secondsAgo)
        return TriageJob(
            id: id, study: study, state: .failed, arrived: ended - 60_000_000, finished: ended, isCancelable: false,
            failure: TriageFailure(code: code, message: message))
    }
}
