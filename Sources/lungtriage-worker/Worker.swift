import ArgumentParser
import Platform

@main struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage-worker",
        abstract: "Analyses studies for lungtriaged, which starts it. Not meant to be started by hand.",
        version: LungtriageVersion.current, subcommands: [Serve.self, WriteWorklist.self], defaultSubcommand: Serve.self
    )
}
