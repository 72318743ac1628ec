import ArgumentParser
import Bus
import Foundation

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hand a chest CT to the daemon. The file stays where it is.")

    @Argument(help: "Chest CT (.nii, .nii.gz).", completion: .studyFile) var files: [String]
    @Option(help: "stat, urgent or routine.") var priority = TriagePriority.routine
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Submitted: Encodable {
        let file: String
        let job: String
    }

    func run() async throws {
        try await ExitStatus.asking {
            let client = try await daemon.client()
            for file in files {
                // The daemon has another current folder.
                let path = URL(fileURLWithPath: file).standardizedFileURL.path
                let job = try await client.submit(path: path, priority: priority, isInteractive: true)
                if output.json {
                    try StandardOutput.write(json: Submitted(file: file, job: job))
                } else {
                    try StandardOutput.write("\(file): job \(job)\n")
                }
            }
        }
    }
}

struct ListJobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the daemon's jobs, the latest first.")

    @Option(name: .customLong("state"), parsing: .upToNextOption, help: "Only jobs in these states.")
    var states: [TriageJobState] = []
    @Option(help: "Only studies with this in their name.") var study: String?
    @Option(help: "How many at most.") var limit: UInt32 = 50
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await ExitStatus.asking {
            let filter = TriageJobFilter(states: Set(states), study: study)
            let jobs = try await daemon.client().jobs(matching: filter, limit: limit).map(PrintedJob.init)
            if output.json { return try StandardOutput.write(json: jobs) }
            let heading: [TextTable.Cell] = ["JOB", "STUDY", "STATE", "PRIORITY", "ARRIVED", "OUTCOME"]
            let rows: [[TextTable.Cell]] = jobs.map {
                let style = TerminalStyle(state: $0.state) ?? $0.triageLevel.flatMap(TerminalStyle.init(level:))
                return [
                    "\($0.job)", "\($0.study)", "\($0.state)", "\($0.priority)", "\($0.arrived)",
                    TextTable.Cell($0.outcome, style),
                ]
            }
            try StandardOutput.write(TextTable.text([heading] + rows))
        }
    }
}

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show all that the daemon knows of a job.")

    @Argument(help: "The job's number.", completion: .jobs()) var job: String
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await ExitStatus.asking {
            let job = PrintedJob(try await daemon.client().job(job))
            if output.json { return try StandardOutput.write(json: job) }
            let rows: [(String, String?)] = [
                ("job", job.job), ("study", job.study), ("state", job.state), ("priority", job.priority),
                ("arrived", job.arrived), ("finished", job.finished), ("level", job.triageLevel),
                ("opacity", job.po.map { PrintedJob.percent($0) }),
                ("dense", job.pho.map { PrintedJob.percent($0) }),
                ("zone score", job.zoneScore.map { "\($0) of 24" }), ("folder", job.folder), ("code", job.code),
                ("message", job.message),
            ]
            try StandardOutput.write(TextTable.text(rows.compactMap { name, value in value.map { [name, $0] } }))
        }
    }
}

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Cancel a job that waits or runs.")

    @Argument(help: "The job's number.", completion: .jobs(in: [.queued, .running])) var job: String
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().cancel(job, isInteractive: true) }
    }
}

struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try a job again that failed, was quarantined or cancelled.")

    @Argument(help: "The job's number.", completion: .jobs(in: [.failed, .quarantined, .cancelled])) var job: String
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().retry(job, isInteractive: true) }
    }
}
