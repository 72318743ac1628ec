import ArgumentParser

/// The laboratory: trains, evaluates and measures networks. Hospitals never need it.
@main struct Lab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriage-lab",
        abstract:
            "Train, run and measure segmentation networks, look at CT volumes. Research use, not a medical device.",
        subcommands: [
            Train.self, CrossValidate.self, Folds.self, Evaluate.self, EvaluateScan.self, Calibrate.self,
            Reproduce.self, DataFigures.self, Curves.self, DeepDreamCommand.self,
            Segment.self, Convert.self, Infer.self, Inspect.self, Bench.self, Info.self, View.self, Phantom.self,
        ])
}
