import Bus
import BusTestSupport
import Testing

/// The service on a bus of its own, with a client; it runs until ``stop()``.
final class TriageStation: Sendable {
    let bus: PrivateBus
    let control = MockControl()
    let service: TriageBusService
    let client: TriageClient
    /// What the connector told, in its order.
    let connections: AsyncStream<BusConnector.Event>
    private let running: Task<Void, Never>

    init(
        authorizer: any Authorizer = SameUserAuthorizer(), auditor: (any Auditor)? = nil, bus: PrivateBus? = nil
    ) async throws {
        let bus = try bus ?? PrivateBus()
        self.bus = bus
        let service = TriageBusService(
            on: .address(bus.address), version: "1.2.3", control: control, authorizer: authorizer,
            auditor: auditor,
            backOff: BusConnector.BackOff(first: .milliseconds(5), longest: .milliseconds(20)))
        self.service = service
        let (told, tell) = AsyncStream.makeStream(of: BusConnector.Event.self)
        connections = told
        running = Task {
            do {
                try await service.run { tell.yield($0) }
            } catch {
                Issue.record(error)
            }
            tell.finish()
        }
        for await event in told {
            if case .connected = event { break }
        }
        client = try await .connect(to: .address(bus.address))
    }

    deinit { running.cancel() }

    func stop() async {
        running.cancel()
        await running.value
    }

    /// A job of a study that is done.
    static func completedJob(_ id: String, study: String = "study") -> TriageJob {
        TriageJob(
            id: id, study: study, state: .completed, priority: .stat, arrived: 10, started: 20, finished: 30,
            isCancelable: false,
            result: TriageResult(
                level: "severe", po: 41.5, pho: nil, zoneScore: 17, missing: ["pho": "true HU are missing"],
                details: ["seconds": .double(2.5)]))
    }
}

extension AsyncStream<TriageEvent> {
    /// The next events, as many as asked.
    func first(_ count: Int) async -> [TriageEvent] {
        var events: [TriageEvent] = []
        for await event in self {
            events.append(event)
            if events.count == count { break }
        }
        return events
    }
}
