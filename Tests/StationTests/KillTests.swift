import Bus
import BusTestSupport
import Foundation
import GRDB
import StationTestSupport
import TestDeadlines
import Testing

/// Nothing is lost when processes are killed at random moments. `LUNGTRIAGE_KILLS` sets how often, `LUNGTRIAGE_SEED` repeats a run.
@Suite(.serialized, .enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct KillTests {
    private static let kills = ProcessInfo.processInfo.environment["LUNGTRIAGE_KILLS"].flatMap { Int($0) } ?? 40
    private static let seed =
        ProcessInfo.processInfo.environment["LUNGTRIAGE_SEED"].flatMap { UInt64($0) } ?? 20_261_124
    private static let settings = [
        // Random kills are not the studies' fault.
        "LUNGTRIAGE_JOBS_MAXIMUMATTEMPTS": "100", "LUNGTRIAGE_JOBS_RETRYSECONDS": "0",
        "LUNGTRIAGE_INTAKE_SETTLESECONDS": "0.2", "LUNGTRIAGE_INTAKE_RESCANSECONDS": "1",
    ]

    @Test func everyStudyHasOneResultHoweverOftenProcessesAreKilled() async throws {
        var random = SeededGenerator(seed: Self.seed)
        let station = try Station()
        try await eventually("the listener") { !station.events.isEmpty }
        var dropped: Set<String> = []
        try station.start(Self.settings, stubPause: 0.01)
        for round in 0..<Self.kills {
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let name = "s\(dropped.count)"
                try station.drop("\(name).nii", name, in: ["", "urgent", "stat"].randomElement(using: &random) ?? "")
                dropped.insert(name)
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
            switch round % 3 {
            case 0:
                station.killDaemon()
                try station.start(Self.settings, stubPause: 0.01)
            case 1: station.killWorkers()
            default:
                station.killWorkers()
                station.killDaemon()
                try station.start(Self.settings, stubPause: 0.01)
            }
        }
        let expected = dropped
        try await eventually("results and news of \(expected.count) studies (seed \(Self.seed))", within: 120) {
            station.names("outbox").subtracting(["index.html"]) == expected && Set(Self.heard(station).keys) == expected
        }
        try await eventually("all files filed") { station.names("archive").count == expected.count }
        station.stop()
        #expect(station.leftovers.isEmpty)
        #expect(station.names("inbox") == ["urgent", "stat"] && station.names("failed").isEmpty)
        for name in expected {
            let report = try String(contentsOfFile: station.root + "/outbox/\(name)/report.html", encoding: .utf8)
            #expect(report == "report of \(name)")
        }
        for (study, announcements) in Self.heard(station) {
            #expect(Set(announcements.map(\.number)).count == 1, "\(study) has two announcements")
            #expect(announcements.filter { !$0.isResent }.count <= 1, "\(study): a repetition that is not marked")
        }
        try checkDatabase(station, studies: expected.count)
    }

    /// Random kills seldom hit the moment between news that was heard and the note that it was: here it is made long.
    @Test func newsThatADeadProcessMayHaveToldIsToldAgainAndMarked() async throws {
        let station = try Station()
        try await eventually("the listener") { !station.events.isEmpty }
        try station.start(Self.settings)
        let studies = Set((0..<60).map { "s\($0)" })
        try await eventually("the daemon") { station.events.contains(.serviceAppeared) }
        try await station.withoutBus {
            for study in studies { try station.drop(study + ".nii", study) }
            try await eventually("results without a bus") {
                station.names("outbox").subtracting(["index.html"]) == studies
            }
        }
        // The sixty are told one after the other and noted together.
        try await eventually("the first news", every: .milliseconds(1)) { !Self.heard(station).isEmpty }
        station.killDaemon()
        try station.start(Self.settings)
        try await eventually("all news") { Set(Self.heard(station).keys) == studies }
        station.stop()
        let heard = Self.heard(station)
        #expect(heard.values.contains { $0.count > 1 }, "the process died too late to show anything")
        for (study, announcements) in heard {
            #expect(Set(announcements.map(\.number)).count == 1, "\(study) has two announcements")
            #expect(announcements.filter { !$0.isResent }.count <= 1, "\(study): a repetition that is not marked")
        }
    }

    private static func heard(_ station: Station) -> [String: [TriageAnnouncement]] {
        var heard: [String: [TriageAnnouncement]] = [:]
        for case .completed(_, let study, _, let announcement) in station.events {
            heard[study, default: []].append(announcement)
        }
        return heard
    }

    private func checkDatabase(_ station: Station, studies: Int) throws {
        let database = try DatabaseQueue(path: station.root + "/state/jobs.sqlite")
        let (integrity, completed, all, unsent) = try database.read { db in
            (
                try String.fetchAll(db, sql: "PRAGMA integrity_check"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM job WHERE state = 'completed'"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM job"),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM announcement WHERE sentAt IS NULL")
            )
        }
        #expect(integrity == ["ok"])
        #expect(completed == studies && all == studies)
        #expect(unsent == 0)
    }
}
