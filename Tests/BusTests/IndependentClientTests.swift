import Bus
import BusTestSupport
import Foundation
import Testing

/// Other implementations of D-Bus call the service; each test is skipped where its program is not installed.
@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed"), .timeLimit(.minutes(2)))
struct IndependentClientTests {
    private static let python = URL(filePath: "/usr/bin/python3")
    private static let hasPython =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
        && FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/dbus/__init__.py")

    private func station() async throws -> TriageStation {
        let station = try await TriageStation()
        await station.service.studyQueued(TriageJob(id: "5", study: "active", arrived: 50))
        await station.control.add(TriageStation.completedJob("4", study: "past"))
        return station
    }

    @Test(.enabled(if: hasPython, "python3-dbus is not installed"))
    func `python3-dbus`() async throws {
        struct Answer: Decodable, Equatable {
            var job, state, version, readOnly, badPath, badTypes, noMethod: String
            var managed, properties: [String]
        }
        let station = try await station()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "bus_client.py")
        let outcome = try await ExternalProgram(Self.python, bus: station.bus).run([script.path, station.bus.address])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        #expect(
            answer
                == Answer(
                    job: "/org/lungtriage/Triage1/job/job_2d1", state: "queued", version: "1.2.3",
                    readOnly: "org.freedesktop.DBus.Error.PropertyReadOnly",
                    badPath: "org.lungtriage.Triage1.Error.InvalidArgument",
                    badTypes: "org.freedesktop.DBus.Error.InvalidArgs",
                    noMethod: "org.freedesktop.DBus.Error.UnknownMethod",
                    managed: ["/org/lungtriage/Triage1/job/5"],
                    properties: ["Devices", "Plugins", "QueueLength", "Status", "Tainted", "Troubles", "Version"]))
        let row = "[\"/org/lungtriage/Triage1/job/4\", \"past\", \"completed\", \"stat\", 10, 30, 41.5, -1.0, "
        #expect(outcome.output.contains(row), "\(outcome.output)")
        #expect(await station.control.submissions.first?.priority == .urgent)
    }

    @Test(.enabled(if: PrivateBus.program("gdbus") != nil, "gdbus is not installed"))
    func `gdbus`() async throws {
        let station = try await station()
        let program = try #require(ExternalProgram("gdbus", bus: station.bus))
        let target = ["--session", "--dest", "org.lungtriage.Triage1", "--object-path", "/org/lungtriage/Triage1"]
        let description = try await program.run(["introspect", "--recurse"] + target)
        #expect(description.output.contains("node /org/lungtriage/Triage1/job/5 {"), "\(description)")
        #expect(description.output.contains("Submit(in  s path,"), "\(description)")
        #expect(description.output.contains("readonly s Version = '1.2.3';"), "\(description)")
        let list = try await program.run(
            ["call"] + target + ["--method", "org.lungtriage.Triage1.Manager.ListJobs", "{}", "0", "0"])
        let row = "'/org/lungtriage/Triage1/job/4', 'past', 'completed', 'stat', uint64 10, uint64 30, 41.5, -1.0, {"
        #expect(list.output.contains(row) || list.output.contains(row.replacing("uint64 ", with: "")), "\(list)")
        let refused = try await program.run(
            ["call"] + target + ["--method", "org.lungtriage.Triage1.Manager.Submit", "../x.nii", "{}"])
        #expect(refused.status != 0)
        #expect(refused.errors.contains("org.lungtriage.Triage1.Error.InvalidArgument"), "\(refused)")
    }

    @Test(.enabled(if: PrivateBus.program("busctl") != nil, "busctl is not installed"))
    func `busctl`() async throws {
        let station = try await station()
        let program = try #require(ExternalProgram("busctl", bus: station.bus))
        let bus = "--address=\(station.bus.address)"
        let tree = try await program.run([bus, "tree", "org.lungtriage.Triage1", "--list"])
        #expect(tree.output.contains("/org/lungtriage/Triage1/job/5\n"), "\(tree)")
        #expect(tree.status == 0 && tree.errors.isEmpty, "\(tree)")
        // No object stands there, but who explores the service goes through them.
        for node in ["/", "/org", "/org/lungtriage", "/org/lungtriage/Triage1/job"] {
            let description = try await program.run([bus, "introspect", "org.lungtriage.Triage1", node])
            #expect(description.status == 0 && description.output.contains("Introspectable"), "\(description)")
        }
        let version = try await program.run([
            bus, "get-property", "org.lungtriage.Triage1", "/org/lungtriage/Triage1", "org.lungtriage.Triage1.Manager",
            "Version",
        ])
        #expect(version.output == "s \"1.2.3\"\n", "\(version)")
        let list = try await program.run([
            bus, "call", "org.lungtriage.Triage1", "/org/lungtriage/Triage1", "org.lungtriage.Triage1.Manager",
            "ListJobs", "a{sv}uu", "1", "state", "s", "completed", "0", "10",
        ])
        #expect(
            list.output.hasPrefix(
                "a(osssttdda{sv}) 1 \"/org/lungtriage/Triage1/job/4\" \"past\" \"completed\" \"stat\" 10 30 41.5 -1 "),
            "\(list)")
    }
}
