import BusTestSupport
import StationTestSupport
import TestDeadlines
import Testing

/// A daemon that has nothing to do does nothing.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct IdleTests {
    @Test func nothingWakesAnIdleDaemon() async throws {
        let station = try Station()
        try station.start()
        try station.drop("study.nii", "voxels")
        try await eventually("a result") { station.names("outbox").contains("study") }
        let process = try #require(station.process)
        try await ThreadActivity.waitForQuiet(of: process)
        // All threads are its own: Dispatch's would look after each other once a second.
        let names = try ThreadActivity(of: process).switches.keys
        let strange = names.filter { !$0.hasPrefix("lungtriage") && !$0.hasPrefix("triage-") }
        #expect(strange.isEmpty)
        station.stop()
    }
}
