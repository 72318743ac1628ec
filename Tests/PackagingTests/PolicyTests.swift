import Bus
import Foundation
import StationConfiguration
import Testing

/// What is installed beside the programs says the same as they do.
@Suite struct PolicyTests {
    @Test func polkitKnowsEveryActionAndNoOther() throws {
        let policy = try Repository.text("data/polkit-1/actions/org.lungtriage.Triage1.policy")
        let ids = policy.matches(of: #/<action id="([^"]+)"/#).map { String($0.output.1) }
        #expect(Set(ids) == Set(TriageAction.allCases.map(\.rawValue)) && ids.count == TriageAction.allCases.count)
        #expect(!policy.contains(#/<allow_\w+>yes</#), "An action is open to everyone.")
    }

    /// Otherwise polkit tells the daemon nothing of other users.
    @Test func theDaemonOwnsItsActions() throws {
        let policy = try Repository.text("data/polkit-1/actions/org.lungtriage.Triage1.policy")
        let owners = policy.matches(of: #/org\.freedesktop\.policykit\.owner">unix-user:lungtriage</#)
        #expect(owners.count == TriageAction.allCases.count)
    }

    @Test func theCatalogueExplainsEveryKindOfAuditEntry() throws {
        let catalogue = try Repository.text("data/systemd/lungtriage.catalog")
        let explained = catalogue.matches(of: #/(?m)^-- ([0-9a-f]{32})$/#).map { String($0.output.1) }
        let log = try Repository.text("Sources/lungtriaged/AuditLog.swift")
        let said = log.matches(of: #/"([0-9a-f]{32})"/#).map { String($0.output.1) }
        #expect(said.count == AuditRecord.Change.allCases.count && Set(said).count == said.count)
        #expect(explained == said)
    }

    @Test func theGroupMaySubmitAndNothingMore() throws {
        let rules = try Repository.text("data/polkit-1/rules.d/org.lungtriage.Triage1.rules")
        let ids = rules.matches(of: #/"(org\.lungtriage\.[a-z.]+)"/#).map { String($0.output.1) }
        #expect(ids == [TriageAction.submit.rawValue])
    }

    @Test func everyFolderIsMadeWithItsMode() throws {
        let lines = try Repository.text("systemd/lungtriage.tmpfiles").split(separator: "\n")
        var modes: [String: String] = [:]
        for words in lines.map({ $0.split(separator: " ").map(String.init) }) where words.first == "d" {
            modes[words[1]] = words[2]
            #expect(words[3...4] == ["lungtriage", "lungtriage"])
        }
        let folders = FolderLayout.system
        #expect(
            modes == [
                "/var/lib/lungtriage": "0750", folders.inbox: "3770", folders.inbox + "/urgent": "3770",
                folders.inbox + "/stat": "3770", folders.outbox: "2750", folders.failed: "2750",
                folders.archive: "0700", folders.state: "0700",
            ])
    }

    @Test func busAndUnitNameEachOther() throws {
        let activation = try Repository.text("data/dbus-1/system-services/org.lungtriage.Triage1.service")
        let unit = try Repository.text("systemd/lungtriaged.service")
        #expect(activation.contains("\nName=org.lungtriage.Triage1\n"))
        let alias = try #require(activation.firstMatch(of: #/SystemdService=(\S+)/#)).output.1
        #expect(unit.contains("\nAlias=\(alias)\n"))
        #expect(unit.contains("\nUser=lungtriage\n") && activation.contains("\nUser=lungtriage\n"))
    }
}
