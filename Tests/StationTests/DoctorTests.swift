import BusTestSupport
import CUDARuntime
import CUDATestSupport
import Foundation
import StationTestSupport
import TestDeadlines
import Testing

/// `lungtriage doctor` beside stations that are well, and that are not.
@Suite(.serialized, .enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct DoctorTests {
    private struct Report: Decodable {
        struct Finding: Decodable {
            let check: String
            let verdict: String
            let message: String
            let remedy: String?
        }

        let findings: [Finding]
        let failed: Int
        let warnings: Int

        func failures(_ check: String) -> [String] {
            findings.filter { $0.check == check && $0.verdict == "failed" }.map(\.message)
        }

        func verdicts(_ check: String) -> Set<String> { Set(findings.filter { $0.check == check }.map(\.verdict)) }
    }

    private func doctor(_ station: Station, _ arguments: String...) async throws -> (report: Report, status: Int32) {
        let outcome = try await ExternalProgram(Station.product("lungtriage"), bus: station.bus)
            .run(["doctor", "--session", "--root", station.root, "--json"] + arguments)
        return (try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)), outcome.status)
    }

    private func startedStation() async throws -> Station {
        let station = try Station()
        try station.start()
        try await eventually("the worker") {
            let status = try await ExternalProgram(Station.product("lungtriage"), bus: station.bus)
                .run(["status", "--session"])
            return status.output.contains("device")
        }
        return station
    }

    /// A configuration file of the station that makes the tests independent of this machine's disk.
    private func configuration(_ station: Station, _ text: String = "") throws -> String {
        let file = station.root + "/station.conf"
        try "[Retention]\nFreeSpaceFloor=0\n\(text)".write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test func aStationThatIsWell() async throws {
        let station = try await startedStation()
        let (report, status) = try await doctor(station, "--config", try configuration(station))
        #expect(status == 0 && report.failed == 0, "\(report)")
        for check in [
            "configuration", "bus", "daemon", "rights", "folders", "space", "disks", "watching", "database",
        ] {
            #expect(report.verdicts(check) == ["ok"], "\(check): \(report)")
        }
        // The worker of the tests confines itself in nothing, and the daemon notes it.
        #expect(report.verdicts("devices") == ["ok", "warning"], "\(report)")
        #expect(report.findings.allSatisfy { ["ok", "skipped"].contains($0.verdict) || $0.remedy != nil })
    }

    @Test func withoutADaemon() async throws {
        let station = try Station()
        let (report, status) = try await doctor(station)
        #expect(status == 1 && report.failures("daemon").count == 1, "\(report)")
        #expect(report.verdicts("rights") == ["skipped"] && report.verdicts("bus") == ["ok"])
        #expect(report.failures("folders").first?.contains("outbox") == true, "\(report)")
        station.bus.stop()
        let withoutBus = try await doctor(station)
        #expect(withoutBus.status == 1 && withoutBus.report.failures("bus").count == 1)
        #expect(withoutBus.report.verdicts("daemon") == ["skipped"])
    }

    @Test func aUserWhomTheBusRefuses() async throws {
        let station = try Station(policy: "<deny send_destination=\"org.lungtriage.Triage1\"/>")
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        let (report, status) = try await doctor(station)
        #expect(status == 1 && report.verdicts("daemon") == ["ok"])
        #expect(report.failures("rights").first?.contains("does not let the user") == true, "\(report)")
    }

    @Test func whatIsWrongIsSaidWithItsPlace() async throws {
        let station = try await startedStation()
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: station.root + "/outbox")
        try files.setAttributes([.posixPermissions: 0o500], ofItemAtPath: station.root + "/archive")
        try files.removeItem(atPath: station.root + "/state/jobs.sqlite")
        try Data("no database at all".utf8).write(to: URL(filePath: station.root + "/state/jobs.sqlite"))
        let wrong = try configuration(station, "[Intake]\nSettleSeconds=soon\n")
        let (report, status) = try await doctor(station, "--config", wrong)
        #expect(status == 1)
        #expect(report.failures("configuration").first?.contains("line 4: SettleSeconds") == true, "\(report)")
        let folders = report.failures("folders")
        #expect(folders.contains { $0.contains("/outbox") && $0.contains("0777") }, "\(folders)")
        #expect(folders.contains { $0.contains("/archive") && $0.contains("0500") }, "\(folders)")
        #expect(report.failures("database").count == 1)
    }

    @Test func plentyIsNeeded() async throws {
        let station = try await startedStation()
        let file = station.root + "/greedy.conf"
        try "[Retention]\nFreeSpaceFloor=1000000G\n[Workers]\nPlugins=nothing\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let (report, status) = try await doctor(station, "--config", file)
        #expect(status == 1 && report.failures("space").count == 1)
        #expect(report.failures("plugins").contains { $0.contains("nothing") }, "\(report)")
    }

    @Test func aGPUIsARowOfItsOwn() async throws {
        let station = try await startedStation()
        let settings = try configuration(station)
        let libraries = try StandInLibraries.folderForOthers()
        func findings(_ settings: String) async throws -> (gpu: [Report.Finding], status: Int32) {
            let outcome = try await ExternalProgram(
                URL(filePath: "/usr/bin/env"), bus: station.bus
            ).run([
                "LUNGTRIAGE_CUDA_PATH=\(libraries.url.path)", Station.product("lungtriage").path, "doctor", "--session",
                "--root", station.root, "--json", "--config", settings,
            ])
            let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
            return (report.findings.filter { $0.check == "gpu" }, outcome.status)
        }
        let (rows, status) = try await findings(settings)
        #expect(status == 0)
        // The worker of the tests computes on nothing.
        #expect(rows.map(\.verdict) == ["ok", "warning"], "\(rows)")
        #expect(rows.first?.message.hasPrefix("cuda:0 can be used: Stand-in, 4096 MiB") == true, "\(rows)")
        let absent = try await findings(try configuration(station, "[Workers]\nDevice=cuda:2\n"))
        #expect(absent.status == 1)
        #expect(absent.gpu.contains { $0.verdict == "failed" && $0.message.contains("cuda:2") }, "\(absent)")
        try FileManager.default.removeItem(atPath: libraries.path("libcudnn.so.9"))
        let (missing, _) = try await findings(try configuration(station))
        #expect(missing.map(\.verdict) == ["warning"], "\(missing)")
        #expect(missing.first?.message.contains("[libraryMissing]") == true && missing.first?.remedy != nil)
    }

    @Test(.enabled(if: !hasDriver, "an NVIDIA driver is installed"))
    func aMachineWithoutAGPULacksNothing() async throws {
        let station = try await startedStation()
        let (report, _) = try await doctor(station, "--config", try configuration(station))
        #expect(report.verdicts("gpu") == ["skipped"], "\(report)")
        let named = try await doctor(station, "--config", try configuration(station, "[Workers]\nDevice=cuda:0\n"))
        #expect(named.report.failures("gpu").first?.contains("[notInstalled]") == true, "\(named.report)")
    }

    private static let hasDriver = (try? CUDADevice.all(in: LibraryFolders([]))) != nil

    @Test func aChangedPluginIsFound() async throws {
        let station = try await startedStation()
        let folder = station.root + "/plugins/odd"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("not a library".utf8).write(to: URL(filePath: folder + "/libodd.so"))
        try """
        {"abi": "1.0", "id": "odd", "name": "Odd", "role": "lung", "version": "1", "weights": [{"file": "libodd.so"}],
         "library": {"file": "libodd.so", "sha256": "\(String(repeating: "0", count: 64))"}}
        """.write(toFile: folder + "/plugin.json", atomically: true, encoding: .utf8)
        let settings = try configuration(station, "[Workers]\nPluginFolder=\(station.root)/plugins\n")
        let (report, _) = try await doctor(station, "--config", settings)
        #expect(report.failures("plugins").contains { $0.contains("was changed") }, "\(report)")
    }

    @Test func theDaemonsTroublesAreTold() async throws {
        let station = try Station()
        try station.start(["LUNGTRIAGE_RETENTION_FREESPACEFLOOR": "1000000G"])
        try await eventually("the trouble") {
            let report = try await doctor(station).report
            return report.failures("daemon").contains { $0.contains("nothing is taken in") }
        }
    }

    @Test func aPausedStationIsAWarning() async throws {
        let station = try await startedStation()
        let command = ExternalProgram(Station.product("lungtriage"), bus: station.bus)
        #expect(try await command.run(["pause", "--session"]).status == 0)
        let (report, status) = try await doctor(station, "--config", try configuration(station))
        #expect(status == 0)
        let paused = report.findings.first { $0.check == "daemon" && $0.verdict == "warning" }
        #expect(paused?.remedy == "lungtriage resume --session", "\(report)")
    }
}
