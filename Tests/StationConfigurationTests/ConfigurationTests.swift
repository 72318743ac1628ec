import Foundation
import StationConfiguration
import Testing

@Suite struct ConfigurationTests {
    private let defaults = TriageConfiguration(folders: FolderLayout(root: "/srv/ct"))

    private func problems(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try TriageConfiguration(text: text, environment: environment, defaults: defaults)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func keysChangeWhatTheyName() throws {
        let text = """
            # A comment.
            [Folders]
            Inbox = /mnt/ct in/
            [Intake]
            SettleSeconds=5
            TakenFiles=delete
            ; another
            [Workers]
            Memory=500M
            Plugins=unet-lung, segnet
            [Scores]
            CutOffs=0.2,10, 20,30
            """
        let read = try TriageConfiguration(
            text: text, environment: ["LUNGTRIAGE_INTAKE_SETTLESECONDS": "7", "OTHER": "x"], defaults: defaults)
        #expect(read.folders.inbox == "/mnt/ct in" && read.folders.outbox == "/srv/ct/outbox")
        #expect(read.settleSeconds == 7 && read.takenFiles == .delete)
        #expect(read.workerMemory == 500 << 20 && read.plugins == ["unet-lung", "segnet"])
        #expect(read.cutOffs == [0.2, 10, 20, 30])
    }

    @Test func everyMistakeIsNamedWithItsLine() {
        let found = problems(
            """
            Inbox=/x
            [Intake]
            SettleSeconds=soon
            RescanSeconds=10
            RescanSeconds=20
            nonsense
            Memory=8G
            [Workers]
            Memory=99999999999G
            Speed=1
            [Nowhere]
            A=1
            [Folders]
            Outbox=relative
            """)
        let lines = found.compactMap { $0.split(separator: ":").first.map(String.init) }
        #expect(
            Set(lines) == [
                "line 1", "line 3", "line 5", "line 6", "line 7", "line 9", "line 10", "line 12", "line 14",
            ],
            "\(found)")
        #expect(found.contains { $0.contains("belongs to [Workers]") })
        #expect(found.contains { $0.contains("stands on line 4 already") })
    }

    @Test func devicesAreNamedAsPluginsKnowThem() throws {
        for name in ["auto", "cpu", "cuda:0", "cuda:15"] {
            let read = try TriageConfiguration(text: "[Workers]\nDevice=\(name)\n", defaults: defaults)
            #expect(read.workerArguments.contains(name))
        }
        let several = try TriageConfiguration(text: "[Workers]\nDevice=cuda:1, cuda:0\n", defaults: defaults)
        #expect(several.devices == ["cuda:1", "cuda:0"])
        #expect(several.workerArguments(on: "cuda:0").contains("cuda:0"))
        for name in [
            "gpu", "cuda", "cuda:", "cuda:-1", "cuda:01", "cuda:x", "cuda:0 ,cpu", "", "cuda:0,", "cuda:0,cuda:0",
            "auto,cuda:0",
        ] {
            #expect(problems("[Workers]\nDevice=\(name)\n").count == 1, "\(name)")
        }
        let read = try TriageConfiguration(text: "[Workers]\nGPUPrecision=bfloat16\n", defaults: defaults)
        #expect(read.workerArguments.contains("bfloat16"))
        #expect(problems("[Workers]\nGPUPrecision=float8\n").count == 1)
        #expect(defaults.changesThatNeedRestart(to: read) == ["GPUPrecision"])
    }

    @Test func noFolderMayLieInTheInbox() {
        #expect(problems("[Folders]\nOutbox=/srv/ct/inbox/out").count == 1)
        #expect(problems("[Folders]\nOutbox=/srv/ct/inbox2").isEmpty)
        #expect(problems("", ["LUNGTRIAGE_JOBS_MAXIMUMATTEMPTS": "0"]).count == 1)
    }

    @Test func whatNeedsARestartIsKnown() throws {
        var other = defaults
        other.threads = 4
        other.settleSeconds = 9
        #expect(defaults.changesThatNeedRestart(to: other) == ["Threads"])
    }

    /// The file that is installed documents every key with its default, and nothing else.
    @Test func theInstalledFileIsComplete() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "etc/lungtriage/lungtriaged.conf"), encoding: .utf8)
        var section = ""
        var found: [String: String] = [:]
        var notes: [String] = []
        var marked: Set<String> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("[") { section = String(line.dropFirst().dropLast()) }
            if line.hasPrefix("# ") { notes.append(String(line)) }
            guard line.hasPrefix("#"), !line.hasPrefix("# "), let equals = line.firstIndex(of: "=") else { continue }
            let key = "\(section).\(line[line.index(after: line.startIndex)..<equals])"
            found[key] = String(line[line.index(after: equals)...])
            #expect(!notes.isEmpty, "\(key) is not explained")
            if notes.joined().contains("(restart)") { marked.insert(key) }
            notes = []
        }
        let keys = TriageConfiguration(folders: .system).keys
        #expect(found == Dictionary(uniqueKeysWithValues: keys.map { ("\($0.section).\($0.name)", $0.value) }))
        #expect(marked == Set(keys.filter(\.needsRestart).map { "\($0.section).\($0.name)" }))
        let active = text.replacing("\n#", with: "\n").split(separator: "\n").filter {
            $0.contains("=") && !$0.contains(" ")
        }
        #expect(active.count == keys.count)
    }
}
