import Bus
import BusTestSupport
import Foundation
import Notifications
import TestDeadlines
import Testing

/// The program itself, against python-dbusmock's notification daemon: another implementation of the specification.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct ProgramTests {
    @Test(.enabled(if: MockDaemon.isAvailable, "python3-dbusmock is not installed"))
    func `an independent notification daemon shows, replaces and is clicked`() async throws {
        let place = try Surroundings()
        try place.installOpener()
        let report = try place.putReport("P001")
        let station = try await FakeStation(on: place.desktopBus)
        let mock = try await MockDaemon(on: place.desktopBus, capabilities: "actions body persistence")
        let program = try NotifierProgram(place, ["--session", "--outbox", place.outbox.path])
        try await eventually("the history is read") { await station.history.questions > 0 }
        try await station.finish(.failed("1"), announcement: 1)
        try await eventually("the failure is shown") { mock.calls("Notify").count == 1 }
        #expect(mock.calls("GetCapabilities").count == 1)
        #expect(mock.calls("Notify")[0].contains("\"Not analysed: P001\""))
        try await station.finish(.completed("1", level: "critical"), announcement: 2)
        try await eventually("the result is shown") { mock.calls("Notify").count == 2 }
        let call = mock.calls("Notify")[1]
        #expect(call.contains(#""Lungtriage" 1 "org.lungtriage.Triage" "Critical: P001""#), "\(call)")
        #expect(call.contains("\"Open report\"") && call.contains("org.lungtriage.Notify"), "\(call)")
        try await mock.click(1)
        try await eventually("the report is opened") { place.opened == [report] }
        // A browser that ignores SIGTERM would keep the desktop from ending.
        #expect(place.openersSignals == [0, 0])
        #expect(try await program.end(SIGTERM) == 0)
    }

    @Test(.enabled(if: MockDaemon.isAvailable, "python3-dbusmock is not installed"))
    func `its default manner, without actions but with markup, is respected`() async throws {
        let place = try Surroundings()
        let station = try await FakeStation(on: place.desktopBus)
        let mock = try await MockDaemon(on: place.desktopBus)
        let program = try NotifierProgram(place, ["--session"])
        try await eventually("the history is read") { await station.history.questions > 0 }
        try await station.finish(.completed("1", missing: ["po": "1 < 2"]), announcement: 1)
        try await eventually("it is shown") { mock.calls("Notify").count == 1 }
        let call = mock.calls("Notify")[0]
        #expect(call.contains("1 &lt; 2") && !call.contains("Open report"), "\(call)")
        #expect(try await program.end(SIGTERM) == 0)
    }

    @Test(.enabled(if: Desktop.isAvailable, "dunst, Xvfb, ImageMagick or python3-dbusmock is not installed"))
    func `a real notification daemon shows it, and a click opens the report`() async throws {
        let place = try Surroundings()
        let picture = place.folder.appending(path: "screen.png").path
        let script = ExternalProgram(Desktop.script, bus: place.desktopBus)
        let outcome = try await script.run([picture, NotifierProgram.product("lungtriage-notify").path])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Data(contentsOf: URL(filePath: picture)).count > 5000)
    }

    @Test func `it tells its service manager, and ends when it is told`() async throws {
        let place = try Surroundings()
        let manager = try NotifySocket()
        let program = try NotifierProgram(place, ["--session"], ["NOTIFY_SOCKET": manager.path])
        try await eventually("it is ready") { manager.received.contains { $0.hasPrefix("READY=1\n") } }
        #expect(try await program.end(SIGTERM) == 0)
        try await eventually("it says that it stops") { manager.received.contains("STOPPING=1") }
    }

    @Test func `without a session bus it ends with 69, beside another with 75, misused with 64`() async throws {
        let place = try Surroundings()
        let lost = try NotifierProgram(
            place, [], ["DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": ""])
        #expect(try await lost.end() == 69)
        let first = try NotifierProgram(place, ["--session"])
        let connection = try await BusConnection.connect(to: .address(place.desktopBus.address))
        try await eventually("the first has its name") {
            try await connection.owner(of: NotificationDesk.ownName) != nil
        }
        #expect(try await NotifierProgram(place, ["--session"]).end() == 75)
        #expect(try await NotifierProgram(place, ["--minimum-level", "awful"]).end() == 64)
        #expect(try await NotifierProgram(place, ["--version"]).end() == 0)
        #expect(try await first.end(SIGINT) == 0)
    }
}
