import Analysis
import ArgumentParser
import Platform

/// The command for people and scripts: analyses studies, looks after plugins.
@main struct Lungtriage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage",
        abstract: "Triage of chest CT: lesions, severity and a readable report. Research use, not a medical device.",
        version: LungtriageVersion.current,
        groupedSubcommands: [
            CommandGroup(name: "Without the daemon", subcommands: [Analyze.self, Plugins.self]),
            CommandGroup(
                name: "Studies",
                subcommands: [
                    Submit.self, ListJobs.self, Show.self, Watch.self, ShowWorklist.self, Cancel.self, Retry.self,
                ]),
            CommandGroup(
                name: "The daemon", subcommands: [Status.self, Pause.self, Resume.self, Reload.self]),
        ])
}
