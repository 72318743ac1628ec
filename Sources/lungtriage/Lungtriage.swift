import Analysis
import ArgumentParser
import Platform

/// The command for people and scripts: analyses studies, looks after plugins, speaks to the daemon.
@main struct Lungtriage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage",
        abstract: "Triage of chest CT: lesions, severity and a readable report. Research use, not a medical device.",
        version: LungtriageVersion.current,
        groupedSubcommands: [
            // The parser prints the names in capitals with "SUBCOMMANDS" after them.
            CommandGroup(name: "Stand-alone", subcommands: [Analyze.self, Plugins.self]),
            CommandGroup(
                name: "Study",
                subcommands: [
                    Submit.self, ListJobs.self, Show.self, Watch.self, ShowWorklist.self, Cancel.self, Retry.self,
                ]),
            CommandGroup(
                name: "Daemon", subcommands: [Doctor.self, Status.self, Pause.self, Resume.self, Reload.self]),
        ])
}
