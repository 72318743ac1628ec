import Bus
import BusTestSupport
import Notifications
import TestDeadlines
import Testing

/// What ended while nobody was logged in.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct CatchUpTests {
    /// Returns when everything before has been told: the news of a study named `end` follows it.
    private func finish(_ station: FakeStation, _ desktop: FakeDesktop) async throws {
        try await station.finish(.completed("end", "end"), announcement: 1_000_000)
        try await eventually("the last study is shown") { desktop.titles.contains("Severe: end") }
    }

    @Test func `the first start ever tells nothing of the past, the second what ended between`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        for number in 1...20 {
            await station.history.add(.completed("\(number)", "old\(number)", secondsAgo: Double(number) * 5))
        }
        try await place.startAndCatchUp(station)
        try await finish(station, desktop)
        #expect(desktop.titles == ["Severe: end"])
        try await eventually("it is written down") { place.remembers("end") }
        await place.stop()
        await station.history.add(.completed("100", "missed"))
        await station.history.add(.failed("101", "missed too"))
        place.start()
        try await eventually("the missed are shown") { desktop.shown.count == 3 }
        #expect(desktop.titles == ["Severe: end", "Severe: missed", "Not analysed: missed too"])
    }

    @Test func `many missed studies become one summary`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try place.remember(secondsAgo: 7200)
        for number in 1...17 {
            let level = number > 15 ? "critical" : "moderate"
            await station.history.add(
                .completed("\(number)", "s\(number)", level: level, secondsAgo: 3600 + Double(number)))
        }
        await station.history.add(.completed("30", "long known", secondsAgo: 9000))
        place.start()
        try await eventually("a summary is shown") { !desktop.shown.isEmpty }
        #expect(desktop.titles == ["17 studies finished, 2 critical"])
        #expect(desktop.shown[0].body.contains("Critical: s17, s16"))
    }

    @Test func `more than a page of history is read`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try place.remember(secondsAgo: 7200)
        for number in 1...1500 {
            await station.history.add(.completed("\(number)", secondsAgo: 3600 + Double(number) / 100))
        }
        place.start()
        try await eventually("a summary is shown") { desktop.titles == ["1500 studies finished, 1500 severe"] }
    }

    @Test func `news that is announced after it was found is not told twice`() async throws {
        let place = try Surroundings()
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try place.remember(secondsAgo: 7200)
        let missed = TriageJob.completed("1", "missed", secondsAgo: 60)
        await station.history.add(missed)
        place.start()
        try await eventually("it is shown") { desktop.shown.count == 1 }
        try await station.announce(missed, 5, isResent: true)
        try await finish(station, desktop)
        #expect(desktop.titles == ["Severe: missed", "Severe: end"])
        // Tried again, it ends a second time: that is news.
        try await station.finish(.completed("1", "missed", level: "mild"), announcement: 6)
        try await eventually("the second end is shown") { desktop.titles.last == "Mild: missed" }
    }

    @Test func `a restart of the station or its bus loses no news`() async throws {
        let place = try Surroundings()
        let first = try await FakeStation(on: place.stationBus)
        let desktop = try await FakeDesktop(on: place.desktopBus)
        try await place.startAndCatchUp(first)
        await first.stop()
        let second = try await FakeStation(on: place.stationBus)
        await second.history.add(.completed("1", "unheard"))
        try await eventually("the history is asked, or the news shown") { desktop.titles == ["Severe: unheard"] }
        place.stationBus.stop()
        await second.history.add(.completed("2", "unheard too"))
        try place.stationBus.start()
        try await eventually("the second is shown") { desktop.titles.contains("Severe: unheard too") }
        try await second.finish(.completed("3", "heard"), announcement: 1)
        try await eventually("the third is shown") { desktop.titles.contains("Severe: heard") }
        #expect(desktop.titles == ["Severe: unheard", "Severe: unheard too", "Severe: heard"])
    }

    @Test func `who may not read the history hears the signals and is told how to be allowed`() async throws {
        let place = try Surroundings(
            stationPolicy: "<deny send_destination=\"org.lungtriage.Triage1\"/>")
        let (station, desktop) = try await (FakeStation(on: place.stationBus), FakeDesktop(on: place.desktopBus))
        try place.remember(secondsAgo: 7200)
        await station.history.add(.completed("1", "secret", secondsAgo: 60))
        place.start()
        try await eventually("the refusal is logged") { place.log.contains { $0.contains("group lungtriage") } }
        try await station.finish(.completed("2", "heard"), announcement: 1)
        try await eventually("the news is shown") { !desktop.shown.isEmpty }
        try desktop.click(1)
        try await eventually("the click is answered") { desktop.shown.count == 2 }
        #expect(desktop.titles == ["Severe: heard", "The report cannot be opened"])
        #expect(desktop.shown[1].body.contains("lungtriage – then log out and in again."))
        #expect(desktop.shown[1].hints["transient"] == .boolean(true))
    }
}
