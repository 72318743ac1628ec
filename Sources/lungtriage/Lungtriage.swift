import Analysis
import ArgumentParser

/// The command for people and scripts: analyses studies, looks after plugins.
@main struct Lungtriage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage",
        abstract: "Triage of chest CT: lesions, severity and a readable report. Research use, not a medical device.",
        version: LungtriageVersion.current, subcommands: [Analyze.self, Plugins.self])
}
