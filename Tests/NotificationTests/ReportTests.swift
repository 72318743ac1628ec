import Bus
import BusTestSupport
import Foundation
import Notifications
import TestDeadlines
import Testing

/// Clicks.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct ReportTests {
    @Test(arguments: ["default", "open-report"]) func `a click opens the report of the study's folder`(
        action: String
    ) async throws {
        let place = try Surroundings()
        try place.installOpener()
        let report = try place.putReport("P001_1a2b3c4d")
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1", folder: "P001_1a2b3c4d"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        try desktop.click(1, action: action, token: "token-1")
        try await eventually("the report is opened") { !place.opened.isEmpty }
        #expect(place.opened == ["\(report) token-1"])
    }

    @Test func `a click on a summary opens the worklist`() async throws {
        let place = try Surroundings()
        try place.installOpener()
        let worklist = place.outbox.appending(path: "index.html")
        try Data("worklist".utf8).write(to: worklist)
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try place.remember(secondsAgo: 7200)
        for number in 1...8 { await station.history.add(.completed("\(number)", secondsAgo: 60)) }
        place.start()
        try await eventually("a summary is shown") { desktop.shown.count == 1 }
        try desktop.click(1)
        try await eventually("the worklist is opened") { !place.opened.isEmpty }
        #expect(place.opened == [worklist.path])
    }

    @Test(arguments: [
        ("..", "no usable name"), ("a/../../etc", "no usable name"), (".staging", "no usable name"),
        ("removed", "--outbox"),
    ]) func `what cannot be opened is explained`(folder: String, sentence: String) async throws {
        let place = try Surroundings()
        try place.installOpener()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1", folder: folder), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        try desktop.click(1)
        try await eventually("the click is answered") { desktop.shown.count == 2 }
        #expect(desktop.shown[1].title == "The report cannot be opened")
        #expect(desktop.shown[1].body.contains(sentence), "\(desktop.shown[1].body)")
        #expect(place.opened.isEmpty)
    }

    @Test func `a missing or failing xdg-open is explained, each time in the same place`() async throws {
        let place = try Surroundings()
        _ = try place.putReport("P001")
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        try desktop.click(1)
        try await eventually("the click is answered") { desktop.shown.count == 2 }
        #expect(desktop.shown[1].body.contains("xdg-utils"))
        try place.installOpener(status: 3)
        try desktop.click(1)
        try await eventually("the click is answered") { desktop.shown.count == 3 }
        #expect(desktop.shown[2].body.contains("status 3") && desktop.shown[2].replaced == desktop.shown[1].id)
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `a report that may not be read is one thing, one that is gone another`() throws {
        let place = try Surroundings()
        let report = try place.putReport("P001")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: report)
        #expect(throws: ReportFile.Failure.notAllowed) {
            try ReportFile(folder: "P001", outbox: place.outbox.path)
        }
    }
}
