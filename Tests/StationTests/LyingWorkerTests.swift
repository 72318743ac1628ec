import Bus
import BusTestSupport
import Foundation
import StationTestSupport
import TestDeadlines
import Testing

/// What a worker says is made up by whoever has taken it over: the daemon lives on, and others' results are announced.
@Suite(.serialized, .enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct LyingWorkerTests {
    @Test func whatAWorkerSaysHarmsNobodyElse() async throws {
        let station = try Station()
        try await eventually("the listener") { !station.events.isEmpty }
        try station.start(["LUNGTRIAGE_INTAKE_SETTLESECONDS": "0.2"])
        let daemon = station.process
        // The stub worker sends numbers that are none, and text with characters that D-Bus does not carry.
        try station.drop("liar.nii", "1")
        try await eventually("the liar's result") { result(of: "liar", station) != nil }
        try station.drop("slander.nii", "2")
        try await eventually("the slanderer's failure") { failure(of: "slander", station) != nil }
        try station.drop("honest.nii", "3")
        try await eventually("the honest result") { result(of: "honest", station) != nil }
        #expect(station.isRunning && station.process == daemon)
        let lie = try #require(result(of: "liar", station))
        #expect(lie.level == "unknown" && lie.po == nil && lie.pho == nil && lie.zoneScore == nil)
        #expect(Set(lie.missing.keys) == ["level", "po", "pho", "zone_score"])
        #expect(failure(of: "slander", station) == TriageFailure(code: "bad\u{FFFD}Input", message: "No\u{FFFD}CT."))
        #expect(result(of: "honest", station)?.po == 12.5)
        for case .progress(_, let fraction, _) in station.events { #expect((0...1).contains(fraction)) }
        station.stop()
    }

    private func result(of study: String, _ station: Station) -> TriageResult? {
        for case .completed(_, study, let result, _) in station.events { return result }
        return nil
    }

    private func failure(of study: String, _ station: Station) -> TriageFailure? {
        for case .failed(_, study, let failure, _) in station.events { return failure }
        return nil
    }
}
