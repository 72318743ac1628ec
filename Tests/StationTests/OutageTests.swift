import Bus
import BusTestSupport
import Foundation
import StationTestSupport
import TestDeadlines
import Testing

/// What the daemon needs is taken from it while it works, for real, and comes back.
@Suite(.serialized, .enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct OutageTests {
    private static let settings = [
        "LUNGTRIAGE_INTAKE_SETTLESECONDS": "0.2", "LUNGTRIAGE_INTAKE_RESCANSECONDS": "1",
        "LUNGTRIAGE_JOBS_RETRYSECONDS": "0.1",
    ]

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a file system needs root"))
    func aFullDiskIsWaitedOutByTheDatabaseToo() async throws {
        let disk = try SmallDisk(megabytes: 8)
        let station = try Station(root: disk.path + "/station")
        try await begin(station)
        // Ready beforehand: nobody can write them any more when the disk is full.
        for number in 0..<20 { try station.write("s\(number).nii", "\(number)") }
        try disk.fill()
        for number in 0..<20 { try station.reveal("s\(number).nii") }
        try await eventually("word of it") { try await station.status().activity == .degraded }
        #expect(station.isRunning)
        #expect(completions(station).count == 1)
        try disk.empty()
        try await check(station, ["before"] + (0..<20).map { "s\($0)" })
    }

    @Test func descriptorsThatRunOutAreWaitedFor() async throws {
        let station = try Station()
        try await begin(station)
        // These wait already: that their files cannot be opened must not count as attempts at them.
        let waiting = ["w0", "w1", "w2"]
        try await station.ask { try await $0.pause() }
        for study in waiting { try station.drop("\(study).nii", study) }
        try await eventually("they wait") { station.names("archive").count == 4 }
        let limits = DescriptorLimit(of: try #require(station.process))
        try limits.forbidMore()
        try await station.ask { try await $0.resume() }
        for number in 0..<20 { try station.drop("s\(number).nii", "\(number)") }
        try await eventually("word of it") { try await station.status().activity == .degraded }
        #expect(station.isRunning)
        try await eventually("more tries than a study has attempts") {
            waiting.contains { study in
                station.events.filter { if case .queued(_, study, _) = $0 { true } else { false } }.count > 5
            }
        }
        try limits.allow()
        try await check(station, ["before"] + waiting + (0..<20).map { "s\($0)" })
    }

    @Test func aBusThatGoesAndComesLosesNoNews() async throws {
        let station = try Station()
        try await begin(station)
        try await station.withoutBus {
            for number in 0..<5 { try station.drop("s\(number).nii", "\(number)") }
            try await eventually("results without a bus") {
                station.names("outbox").subtracting(["index.html"]).count == 6
            }
        }
        try await check(station, ["before"] + (0..<5).map { "s\($0)" })
    }

    private func begin(_ station: Station) async throws {
        try await eventually("the listener") { !station.events.isEmpty }
        try station.start(Self.settings)
        try station.drop("before.nii", "before")
        try await eventually("a study before") { completions(station)["before"] == 1 }
    }

    /// How often each study's completion was heard of; repetitions that say so do not count.
    private func completions(_ station: Station) -> [String: Int] {
        var counts: [String: Int] = [:]
        for case .completed(_, let study, _, let announcement) in station.events where !announcement.isResent {
            counts[study, default: 0] += 1
        }
        return counts
    }

    private func check(_ station: Station, _ studies: [String]) async throws {
        try await eventually("the results of \(studies.count) studies", within: 60) {
            station.names("outbox").subtracting(["index.html"]) == Set(studies)
        }
        try await eventually("all news", within: 60) { Set(heard(station)) == Set(studies) }
        try await eventually("files in the archive") { station.names("archive").count == studies.count }
        #expect(station.leftovers.isEmpty && station.names("failed").isEmpty)
        try await eventually("a state that is sound again") { try await station.status().activity != .degraded }
        station.stop()
    }

    private func heard(_ station: Station) -> [String] {
        station.events.compactMap { if case .completed(_, let study, _, _) = $0 { study } else { nil } }
    }
}
