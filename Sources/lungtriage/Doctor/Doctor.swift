import ArgumentParser
import Bus
import StationConfiguration

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check everything that the daemon needs, and say how to mend what is wrong; 1 if a check fails.",
        discussion: """
            Looks at the configuration, the bus and who may call the daemon, plugins, folders, disks, database and clock, and \
            changes nothing. What this user may not see is skipped; root sees everything.
            """)

    @OptionGroup var daemon: DaemonOptions
    @Option(help: "Folder that the daemon was started with (--root).", completion: .directory) var root: String?
    @Option(
        name: .customLong("config"), help: "Configuration file. Default: /etc/lungtriage/lungtriaged.conf.",
        completion: .file())
    var file: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let examination = await Examination(
            address: daemon.address, source: ConfigurationSource(root: root, file: file))
        var findings: [Finding] = []
        for check in Check.all {
            let found = await check.examine(examination)
            findings += found
            if !output.json { for finding in found { try StandardOutput.write(finding.text) } }
        }
        let summary = DoctorSummary(findings)
        try output.json ? StandardOutput.write(json: summary) : StandardOutput.write(summary.text)
        guard summary.failed == 0 else { throw ExitStatus.failed }
    }
}
