import Bus
import BusTestSupport
import Notifications
import Platform
import TestDeadlines
import Testing

/// Desktops that come late, go, restart, refuse and are silent.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct DesktopRestartTests {
    @Test func `news waits for a desktop that comes later`() async throws {
        let place = try Surroundings()
        let station = try await FakeStation(on: place.stationBus)
        try await place.startAndCatchUp(station)
        for number in 1...10 as ClosedRange<UInt64> {
            try await station.finish(.completed("\(number)", "s\(number)"), announcement: number)
        }
        try await eventually("the wait is logged") { place.log.contains { $0.contains("Nobody shows") } }
        let desktop = try await FakeDesktop(on: place.desktopBus)
        try await eventually("a summary is shown") { desktop.titles.last == "10 studies finished, 10 severe" }
    }

    @Test func `another desktop is asked for its capabilities anew, and its numbers are its own`() async throws {
        let place = try Surroundings()
        let station = try await FakeStation(on: place.stationBus)
        let first = try await FakeDesktop(on: place.desktopBus)
        try await place.startAndCatchUp(station)
        try await station.finish(.failed("1"), announcement: 1)
        try await eventually("the first shows") { first.shown.count == 1 }
        await first.stop()
        let second = try await FakeDesktop(on: place.desktopBus, capabilities: ["body"], lastID: 40)
        try await station.finish(.completed("1", "A&B"), announcement: 2)
        try await eventually("the second shows") { second.shown.count == 1 }
        #expect(second.shown[0].replaced == 0 && second.shown[0].title == "Severe: A&B")
        #expect(second.shown[0].actions.isEmpty)
        #expect(first.questions == 1 && second.questions == 1)
    }

    @Test func `the session bus may restart`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1", "before"), announcement: 1)
        // Not before the answer arrived: whether a call without one was heard cannot be known, and it would be
        // repeated.
        try await eventually("it is shown, and written down") { place.remembers("1") }
        place.desktopBus.stop()
        try await station.finish(.completed("2", "meanwhile"), announcement: 2)
        try place.desktopBus.start()
        try await eventually("the second is shown") { desktop.titles.contains("Severe: meanwhile") }
        #expect(desktop.titles == ["Severe: before", "Severe: meanwhile"])
    }

    @Test func `when the session bus does not come back the notifier ends`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station) { $0.timing.patience = .milliseconds(100) }
        try await station.finish(.completed("1"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        place.desktopBus.stop()
        let error = await #expect(throws: BusError.self) { try await place.ended() }
        #expect(error?.code == .disconnected)
    }

    @Test(arguments: [FakeDesktop.Manner.refuses, .silent])
    func `a desktop that refuses or is silent is tried again`(manner: FakeDesktop.Manner) async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        desktop.become(manner)
        try await place.startAndCatchUp(station) { $0.timing.answerTimeout = .milliseconds(300) }
        try await station.finish(.completed("1", "patient"), announcement: 1)
        try await eventually("it was asked") { desktop.questions > 1 }
        desktop.become(.answers)
        try await eventually("it is shown") { desktop.titles == ["Severe: patient"] }
    }

    @Test func `what is refused again and again is given up, and holds up nothing`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1", "shown"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        desktop.become(.refuses)
        try await station.finish(.completed("2", "refused"), announcement: 2)
        try await eventually("it is given up") { place.log.contains { $0.contains("refused and not shown") } }
        desktop.become(.answers)
        try await station.finish(.completed("3", "next"), announcement: 3)
        try await eventually("the next is shown") { desktop.titles.last == "Severe: next" }
        #expect(desktop.titles == ["Severe: shown", "Severe: next"] && desktop.attempts == 7)
    }

    @Test func `signals of notifications of others, and forged ones, do nothing`() async throws {
        let place = try Surroundings()
        try place.installOpener()
        _ = try place.putReport("P001")
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        let forger = try await BusConnection.connect(to: .address(place.desktopBus.address))
        var forgery = BusMessage.signal(
            BusObjectPath(literal: "/org/freedesktop/Notifications"),
            BusInterfaceName(literal: "org.freedesktop.Notifications"), BusMemberName(literal: "ActionInvoked"),
            [.uint32(1), .string("default")])
        try await forger.emitAndWait(forgery)
        // To the notifier alone, the bus brings it whatever the notifier asked for.
        forgery.destination = NotificationDesk.ownName
        try await forger.emitAndWait(forgery)
        try desktop.click(99)
        try desktop.close(99)
        try desktop.emit("ActionInvoked", [.string("no number")])
        try desktop.emit("ActionInvoked", [])
        try desktop.emit("NotificationClosed", [.int32(-1)])
        try await station.finish(.completed("2", "second"), announcement: 2)
        try await eventually("the second is shown") { desktop.shown.count == 2 }
        _ = try place.putReport("second")
        try desktop.click(2)
        try await eventually("the click opens") { !place.opened.isEmpty }
        #expect(place.opened == [place.outbox.path + "/second/report.html"])
    }

    @Test func `a second notifier on one desktop ends`() async throws {
        let place = try Surroundings()
        let (station, _) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        let other = try await BusConnection.connect(to: .address(place.desktopBus.address))
        try await eventually("the first has its name") {
            try await other.owner(of: NotificationDesk.ownName) != nil
        }
        var settings = NotifierSettings(memory: place.memory, environment: [:])
        settings.station = .address(place.stationBus.address)
        settings.desktop = .address(place.desktopBus.address)
        let second = Notifier(settings, manager: .init(environment: [:]), log: NotifierLog { _, _ in })
        let error = await #expect(throws: BusError.self) { try await second.run() }
        #expect(error?.code == .nameTaken)
    }
}
