import ArgumentParser
import Bus

struct ShowWorklist: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worklist", abstract: "List completed studies, the most severe first.")

    @Option(help: "Of the latest so many jobs.") var limit: UInt32 = 1000
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private static let levels = ["none", "mild", "moderate", "severe", "critical"]

    func run() async throws {
        try await ExitStatus.asking {
            let filter = TriageJobFilter(states: [.completed])
            let jobs = try await daemon.client().jobs(matching: filter, limit: limit).map(PrintedJob.init)
            let sorted = jobs.sorted {
                Self.rank($0) != Self.rank($1) ? Self.rank($0) > Self.rank($1) : $0.job < $1.job
            }
            if output.json { return try StandardOutput.write(json: sorted) }
            let heading: [TextTable.Cell] = ["LEVEL", "STUDY", "PO", "PHO", "ZONES", "ARRIVED"]
            let rows = sorted.map { job in
                [
                    TextTable.Cell(job.triageLevel ?? "–", job.triageLevel.flatMap(TerminalStyle.init(level:))),
                    TextTable.Cell(job.study), TextTable.Cell(PrintedJob.percent(job.po)),
                    TextTable.Cell(PrintedJob.percent(job.pho)),
                    TextTable.Cell(job.zoneScore.map { "\($0)" } ?? "–"), TextTable.Cell(job.arrived),
                ]
            }
            try StandardOutput.write(TextTable.text([heading] + rows))
        }
    }

    private static func rank(_ job: PrintedJob) -> Double {
        let level = job.triageLevel.flatMap { levels.firstIndex(of: $0) } ?? -1
        return Double(level) * 1000 + (job.po ?? 0)
    }
}
