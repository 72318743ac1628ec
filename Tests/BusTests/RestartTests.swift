import Bus
import BusTestSupport
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct RestartTests {
    @Test func `the service and its listeners survive restarts of the bus`() async throws {
        let station = try await TriageStation()
        let address = BusAddress.address(station.bus.address)
        let events = TriageEvents.on(
            address, backOff: BusConnector.BackOff(first: .milliseconds(5), longest: .milliseconds(20)))
        var heard = events.makeAsyncIterator()
        #expect(await heard.next() == .serviceAppeared)
        await station.service.studyQueued(TriageJob(id: "1", study: "s", arrived: 1))
        #expect(await heard.next() == .queued(job: "1", study: "s", priority: .routine))
        for round in 1...3 as ClosedRange<UInt64> {
            station.bus.stop()
            let job = TriageStation.completedJob("2", study: "s")
            let news = TriageAnnouncement(number: round, isResent: true)
            #expect(await errorCode { try await station.service.studyCompleted(job, news) } == .disconnected)
            try station.bus.start()
            for await event in station.connections {
                if case .connected = event { break }
            }
            while await heard.next() != .serviceAppeared {}
            try await station.service.studyCompleted(job, news)
            let result = try #require(job.result)
            #expect(await heard.next() == .completed(job: "2", study: "s", result, news))
            let client = try await TriageClient.connect(to: address)
            #expect(try await client.activeJobs().map(\.id) == ["1"])
            #expect(try await client.version() == "1.2.3")
        }
    }

    @Test func `a second service learns that the name is taken`() async throws {
        let station = try await TriageStation()
        let second = TriageBusService(
            on: .address(station.bus.address), version: "2", control: MockControl(), authorizer: SameUserAuthorizer())
        #expect(await errorCode { try await second.run() } == .nameTaken)
        #expect(try await station.client.version() == "1.2.3")
    }

    @Test func `listeners hear that the service goes and comes`() async throws {
        let bus = try PrivateBus()
        let events = TriageEvents.on(.address(bus.address))
        var heard = events.makeAsyncIterator()
        #expect(await heard.next() == .serviceVanished)
        let station = try await TriageStation(bus: bus)
        #expect(await heard.next() == .serviceAppeared)
        await station.stop()
        #expect(await heard.next() == .serviceVanished)
        #expect(await errorCode { _ = try await station.client.status() } == .unavailable)
    }

    @Test func `a forged signal is not heard`() async throws {
        let station = try await TriageStation()
        let events = TriageEvents.on(.address(station.bus.address))
        var heard = events.makeAsyncIterator()
        #expect(await heard.next() == .serviceAppeared)
        let forger = try await BusConnection.connect(to: .address(station.bus.address))
        let path = TriageNames.path(ofJob: "666")
        var forged = BusMessage.signal(
            TriageNames.root, TriageNames.manager, BusMemberName(literal: "StudyStarted"),
            [.objectPath(path), .string("forged"), .details([:])])
        try await forger.emitAndWait(forged)
        // The bus passes on what is sent to one connection alone, whatever that asked for.
        let names =
            try await forger.call(
                .call(
                    BusName(literal: "org.freedesktop.DBus"), BusObjectPath(literal: "/org/freedesktop/DBus"),
                    BusInterfaceName(literal: "org.freedesktop.DBus"), BusMemberName(literal: "ListNames"))
            ).first?.stringValues ?? []
        for name in names where name.hasPrefix(":") && name != forger.uniqueName {
            forged.destination = try BusName(name)
            try await forger.emitAndWait(forged)
        }
        await station.service.studyStarted(TriageJob(id: "1", study: "true", state: .running, arrived: 1))
        #expect(await heard.next() == .started(job: "1", study: "true"))
    }

    @Test func `a bus that is not there yet is waited for`() async throws {
        let bus = try PrivateBus()
        bus.stop()
        let connector = BusConnector(
            to: .address(bus.address), backOff: BusConnector.BackOff(first: .milliseconds(2), longest: .milliseconds(8))
        )
        let (events, tell) = AsyncStream.makeStream(of: BusConnector.Event.self)
        let running = Task { try await connector.run { tell.yield($0) } }
        var delays: [Duration] = []
        for await event in events {
            if case .waiting(let error, let delay) = event {
                #expect(error.code == .cannotConnect)
                delays.append(delay)
                if delays.count == 5 { try bus.start() }
            }
            if case .connected(let connection) = event {
                #expect(try connector.connection() === connection)
                break
            }
        }
        #expect(
            delays.prefix(5) == [
                .milliseconds(2), .milliseconds(4), .milliseconds(8), .milliseconds(8), .milliseconds(8),
            ])
        running.cancel()
        try await running.value
        #expect(await errorCode { _ = try connector.connection() } == .disconnected)
    }
}
