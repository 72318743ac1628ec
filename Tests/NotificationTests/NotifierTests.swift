import Bus
import BusTestSupport
import Notifications
import TestDeadlines
import Testing

/// The notifier between a station and a desktop that the test plays.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct NotifierTests {
    @Test func `a finished study is shown with its hints and actions`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1", "A&B", level: "critical"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        let shown = desktop.shown[0]
        #expect(shown.title == "Critical: A&B" && shown.replaced == 0 && shown.timeout == -1)
        #expect(shown.body == "Opacity 23.4 % of the lungs, zone score 11 of 24\nResearch use, not a medical device.")
        #expect(shown.icon == "org.lungtriage.Triage")
        #expect(shown.actions == ["default", "Open report", "open-report", "Open report"])
        #expect(
            shown.hints == [
                "urgency": .byte(2), "category": .string("x-lungtriage.study.completed"),
                "desktop-entry": .string("org.lungtriage.Notify"),
            ])
    }

    @Test func `a failed study is shown, its reason escaped, with nothing to open`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.failed("1", message: "<b>5 & 6"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        let shown = desktop.shown[0]
        #expect(shown.title == "Not analysed: P001" && shown.body == "&lt;b&gt;5 &amp; 6")
        #expect(shown.actions.isEmpty && shown.urgency == 1)
    }

    @Test func `a desktop without capabilities gets none of them`() async throws {
        let place = try Surroundings()
        let station = try await FakeStation(on: place.stationBus)
        let desktop = try await FakeDesktop(on: place.desktopBus, capabilities: [])
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        let shown = desktop.shown[0]
        #expect(shown.body.isEmpty && shown.actions.isEmpty && shown.hints["transient"] == nil)
        #expect(shown.title == "Severe: P001 – Opacity 23.4 % of the lungs, zone score 11 of 24")
    }

    @Test func `a study that is tried or dropped again replaces its notification`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.failed("1"), announcement: 1)
        try await eventually("the failure is shown") { desktop.shown.count == 1 }
        try await station.finish(.completed("1"), announcement: 2)
        try await eventually("the result is shown") { desktop.shown.count == 2 }
        let again = TriageJob.completed("2", "copy", folder: "P001", details: ["duplicate_of": .string("1")])
        try await station.finish(again, announcement: 3)
        try await eventually("the copy is shown") { desktop.shown.count == 3 }
        try await station.finish(.completed("3", "other"), announcement: 4)
        try await eventually("another is shown") { desktop.shown.count == 4 }
        #expect(desktop.shown.map(\.id) == [1, 1, 1, 2])
        #expect(desktop.shown.map(\.replaced) == [0, 1, 1, 0])
        #expect(desktop.shown[2].body.contains("The same CT was analysed before."))
    }

    @Test func `a notification that was closed is not replaced`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.failed("1"), announcement: 1)
        try await eventually("it is shown") { desktop.shown.count == 1 }
        try desktop.close(1)
        // Signals of one sender arrive in their order: a click that is answered proves that the closing was heard.
        try await station.finish(.completed("2"), announcement: 2)
        try await eventually("the second is shown") { desktop.shown.count == 2 }
        try desktop.click(2)
        try await eventually("the click is answered") { desktop.shown.count == 3 }
        try await station.finish(.completed("1"), announcement: 3)
        try await eventually("it is shown again") { desktop.shown.count == 4 }
        #expect(desktop.shown[3].replaced == 0)
    }

    @Test func `an announcement that is repeated is told once, also by a later notifier`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station)
        try await station.finish(.completed("1"), announcement: 1)
        try await station.finish(.completed("1"), announcement: 1, isResent: true)
        try await station.finish(.completed("2", "second"), announcement: 2)
        try await eventually("the second is shown") { desktop.titles.contains("Severe: second") }
        #expect(desktop.titles == ["Severe: P001", "Severe: second"])
        try await eventually("it is written down") { place.remembers("2") }
        await place.stop()
        try await place.startAndCatchUp(station)
        try await station.announce(.completed("1"), 1, isResent: true)
        try await station.finish(.completed("3", "third"), announcement: 3)
        try await eventually("the third is shown") { desktop.titles.contains("Severe: third") }
        #expect(desktop.titles == ["Severe: P001", "Severe: second", "Severe: third"])
    }

    @Test func `studies below the minimum level are not told, failures are`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station) { $0.minimumLevel = .moderate }
        try await station.finish(.completed("1", "a", level: "mild"), announcement: 1)
        try await station.finish(.completed("2", "b", level: "moderate"), announcement: 2)
        try await station.finish(.completed("3", "c", level: "unknown"), announcement: 3)
        try await station.finish(.failed("4", "d"), announcement: 4)
        try await eventually("the last is shown") { desktop.titles.contains("Not analysed: d") }
        #expect(desktop.titles == ["Moderate: b", "No level: c", "Not analysed: d"])
    }

    @Test func `a flood becomes one summary, which is replaced`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try await place.startAndCatchUp(station) { $0.timing.floodWindow = .seconds(60) }
        for number in 1...200 as ClosedRange<UInt64> {
            let level = number % 100 == 0 ? "critical" : "mild"
            try await station.finish(.completed("\(number)", "s\(number)", level: level), announcement: number)
        }
        try await eventually("all are counted") { desktop.titles.last == "200 studies finished, 2 critical" }
        let summaries = desktop.shown.filter { $0.title.contains("studies finished") }
        #expect(desktop.shown.count - summaries.count <= 5)
        #expect(Set(summaries.map(\.id)).count == 1 && summaries.dropFirst().allSatisfy { $0.replaced != 0 })
        #expect(summaries.last?.urgency == 2)
        #expect(summaries.last?.actions == ["default", "Open worklist", "open-worklist", "Open worklist"])
    }
}
