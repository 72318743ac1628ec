import ArgumentParser

/// What the daemon itself costs, measured from outside: a real bus, real files, and a worker that does nothing.
@main struct StationBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station-benchmark",
        abstract: "Latency, throughput and memory of lungtriaged with a worker that does nothing.",
        subcommands: [Start.self, Latency.self, Burst.self, Soak.self])
}
