import ArgumentParser
import Bus

/// Which daemon.
struct DaemonOptions: ParsableArguments {
    @Flag(help: "Speak to the daemon on the session bus in place of the system bus.") var session = false

    var address: BusAddress { session ? .session : .system }

    func client() async throws -> TriageClient { try await TriageClient.connect(to: address) }
}

/// How results are printed.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON.") var json = false
}

extension TriagePriority: ExpressibleByArgument {}
extension TriageJobState: ExpressibleByArgument {}
