import ArgumentParser
import Bus
import Foundation

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what the daemon is doing.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Printed: Encodable {
        let version: String
        let status: String
        let queueLength: Int
        let plugins: [String]
        let devices: [String]
        let tainted: [String]
    }

    func run() async throws {
        try await ExitStatus.asking {
            let client = try await daemon.client()
            let status = try await client.status()
            let printed = Printed(
                version: try await client.version(), status: status.activity.rawValue,
                queueLength: Int(status.queueLength), plugins: status.plugins.map { "\($0.id) \($0.version)" },
                devices: status.devices.map(\.name), tainted: status.tainted)
            if output.json { return try StandardOutput.write(json: printed) }
            let rows =
                [["version", printed.version], ["status", printed.status], ["waiting", "\(printed.queueLength)"]]
                + printed.devices.map { ["device", $0] } + printed.plugins.map { ["plugin", $0] }
                + printed.tainted.map { ["note", $0] }
            try StandardOutput.write(TextTable.text(rows))
        }
    }
}

struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let no more studies begin; those that run go on. Holds until resume, over restarts too.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().pause(isInteractive: true) }
    }
}

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let studies begin again.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().resume(isInteractive: true) }
    }
}

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon read its configuration anew; what needs a restart is said.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking {
            for late in try await daemon.client().reload(isInteractive: true) { try StandardOutput.write(late + "\n") }
        }
    }
}

struct ShowWorklist: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worklist", abstract: "List completed studies, the most severe first.")

    @Option(help: "Of the latest so many jobs.") var limit: UInt32 = 1000
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private static let levels = ["none", "mild", "moderate", "severe", "critical"]
    /// Green to red, as terminals have them.
    private static let colors = ["32", "32", "33", "31", "1;31"]

    func run() async throws {
        try await ExitStatus.asking {
            let filter = TriageJobFilter(states: [.completed])
            let jobs = try await daemon.client().jobs(matching: filter, limit: limit).map(PrintedJob.init)
            let sorted = jobs.sorted {
                Self.rank($0) != Self.rank($1) ? Self.rank($0) > Self.rank($1) : $0.job < $1.job
            }
            if output.json { return try StandardOutput.write(json: sorted) }
            let isTerminal = isatty(STDOUT_FILENO) != 0
            let rows = sorted.map { job in
                [
                    job.triageLevel ?? "–", job.study, PrintedJob.percent(job.po), PrintedJob.percent(job.pho),
                    job.zoneScore.map { "\($0)" } ?? "–", job.arrived,
                ]
            }
            let text = TextTable.text([["LEVEL", "STUDY", "PO", "PHO", "ZONES", "ARRIVED"]] + rows)
            try StandardOutput.write(isTerminal ? Self.colored(text) : text)
        }
    }

    private static func rank(_ job: PrintedJob) -> Double {
        let level = job.triageLevel.flatMap { levels.firstIndex(of: $0) } ?? -1
        return Double(level) * 1000 + (job.po ?? 0)
    }

    private static func colored(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            let word = line.prefix { $0 != " " }
            guard let level = levels.firstIndex(of: String(word)) else { return String(line) }
            return "\u{1b}[\(colors[level])m\(word)\u{1b}[0m\(line.dropFirst(word.count))"
        }.joined(separator: "\n") + "\n"
    }
}
