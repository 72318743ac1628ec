import ArgumentParser

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure inference, training, studies or image files on this machine.",
        subcommands: [
            BenchInfer.self, BenchTrain.self, BenchStudy.self, BenchMatrix.self, BenchAgreement.self, BenchImaging.self,
        ])
}

/// What both measurements share.
struct BenchOptions: ParsableArguments {
    @Option(help: "Height and width of the images.") var size = 256
    @Option(help: "Images per run.") var batch = 1
    @Option(help: "Timed runs after one that is not timed.") var repeats = 10
    @Flag(help: "Print JSON.") var json = false
    @Flag(
        help: """
            Print {"ready":true}, then run once for every line on standard input and print its seconds as JSON, so \
            that another program can interleave several engines.
            """)
    var paced = false

    func validate() throws {
        guard batch > 0, size > 0, repeats > 0 else {
            throw ValidationError("--batch, --size and --repeats must be at least 1.")
        }
    }
}
