import Bus
import BusTestSupport
import Foundation
import StationTestSupport
import TestDeadlines
import Testing

/// The `lungtriage` command beside a daemon.
@Suite(.serialized, .enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct CommandTests {
    private func lungtriage(_ station: Station, _ arguments: String...) async throws -> ExternalProgram.Outcome {
        try await ExternalProgram(Station.product("lungtriage"), bus: station.bus).run(arguments)
    }

    @Test func commandsSpeakToTheDaemon() async throws {
        let station = try Station()
        #expect(try await lungtriage(station, "status", "--session").status == 69)
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        let file = station.root + "/elsewhere.nii"
        try Data("voxels".utf8).write(to: URL(filePath: file))
        let submitted = try await lungtriage(station, "submit", "--session", "--priority", "stat", file, "--json")
        #expect(submitted.status == 0 && submitted.output.contains("\"job\":\"1\""), "\(submitted)")
        try await eventually("the result") { station.names("outbox").contains("elsewhere") }
        try await eventually("the end of the job") {
            try await lungtriage(station, "show", "--session", "1").output.contains("completed")
        }
        let list = try await lungtriage(station, "list", "--session", "--state", "completed")
        #expect(list.output.contains("elsewhere") && list.output.contains("mild, PO 12.5 %, zones 6"), "\(list)")
        let worklist = try await lungtriage(station, "worklist", "--session", "--json")
        #expect(worklist.output.contains("\"triageLevel\":\"mild\""), "\(worklist)")
        let status = try await lungtriage(station, "status", "--session", "--json")
        #expect(status.status == 0 && status.output.contains("\"status\":\"idle\""), "\(status)")
        #expect(try await lungtriage(station, "cancel", "--session", "1").status == 1)
        #expect(try await lungtriage(station, "retry", "--session", "99").status == 1)
        let traversal = try await lungtriage(station, "submit", "--session", "/etc/passwd")
        #expect(traversal.status == 1 && !traversal.errors.isEmpty, "\(traversal)")
        station.stop()
    }

    /// script(1) gives the command a terminal. NO_COLOR is set here each time: "swift test" sets it for all it starts.
    @Test(.enabled(if: PrivateBus.program("script") != nil, "script is not installed"))
    func coloursAreForTerminals() async throws {
        let station = try Station()
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        let command = "\(Station.product("lungtriage").path) status --session"
        let shell = try #require(ExternalProgram("sh", bus: station.bus))
        func output(_ line: String) async throws -> String { try await shell.run(["-c", line]).output }
        let terminal = "NO_COLOR= TERM=xterm script -qec '\(command)' /dev/null"
        let colored = try await output(terminal)
        #expect(colored.contains("status") && colored.contains("\u{1b}["), "\(colored)")
        for plain in [
            command, terminal.replacing("COLOR=", with: "COLOR=1"), terminal.replacing("xterm", with: "dumb"),
        ] {
            let text = try await output(plain)
            #expect(text.contains("status") && !text.contains("\u{1b}"), "\(plain): \(text)")
        }
    }

    /// As bash asks for them when the user presses the tabulator.
    @Test(.enabled(if: PrivateBus.program("bash") != nil, "bash is not installed"))
    func jobsAreCompleted() async throws {
        let station = try Station()
        let bash = try #require(ExternalProgram("bash", bus: station.bus))
        let program = Station.product("lungtriage")
        func completed(_ words: String) async throws -> ExternalProgram.Outcome {
            try await bash.run([
                "-c",
                """
                PATH=\(program.deletingLastPathComponent().path):$PATH
                source <(lungtriage --generate-completion-script bash)
                COMP_WORDS=(\(words) '') COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE='\(words) '
                COMP_POINT=${#COMP_LINE} && _lungtriage && echo "${COMPREPLY[@]}"
                """,
            ])
        }
        let nobody = try await completed("lungtriage show --session")
        #expect(nobody.output.trimmingCharacters(in: .whitespacesAndNewlines) == "" && nobody.errors == "", "\(nobody)")
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        try station.drop("scan.nii", "x")
        try await eventually("the result") { station.names("outbox").contains("scan") }
        #expect(try await completed("lungtriage show --session").output == "1\n")
        try await eventually("the end of the job") { try await completed("lungtriage cancel --session").output == "\n" }
    }

    @Test func pauseOutlivesTheDaemon() async throws {
        let station = try Station()
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        #expect(try await lungtriage(station, "pause", "--session").status == 0)
        station.killDaemon()
        try station.start()
        try await eventually("the pause") {
            try await lungtriage(station, "status", "--session").output.contains("paused")
        }
        try station.drop("scan.nii", "x")
        try await eventually("the job") {
            try await lungtriage(station, "list", "--session").output.contains("queued")
        }
        #expect(try await lungtriage(station, "resume", "--session").status == 0)
        try await eventually("the result") { station.names("outbox").contains("scan") }
    }

    @Test func aBusThatComesBackHearsWhatItMissed() async throws {
        let station = try Station()
        try station.start()
        try await eventually("the service") { station.events.contains(.serviceAppeared) }
        try await station.withoutBus {
            try station.drop("missed.nii", "x")
            try await eventually("the result") { station.names("outbox").contains("missed") }
        }
        try await eventually("the news") {
            station.events.contains { if case .completed(_, "missed", _, _) = $0 { true } else { false } }
        }
    }
}
