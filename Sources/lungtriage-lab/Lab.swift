import ArgumentParser

/// The laboratory: trains, evaluates and measures networks. Hospitals never need it.
@main struct Lab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage-lab",
        abstract: "Run, measure and inspect segmentation networks. Research use, not a medical device.",
        subcommands: [Infer.self, Bench.self, Inspect.self, Info.self, View.self, Phantom.self])
}
