import ArgumentParser
import Confinement
import Foundation
import Platform
import Reports
import Severity
import WorkerLink

struct WriteWorklist: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worklist", abstract: "Write the worklist page from what the daemon has noted.")

    @Argument(help: "The daemon's notes (JSON lines).") var source: String
    @Option(help: "Where the page goes.") var output: String

    func run() throws {
        try confine()
        let page = try Self.worklist(Data(contentsOf: URL(fileURLWithPath: source))).html()
        try DurableFile.write(to: output) { file in
            try Array(page.utf8).withUnsafeBytes { try file.append($0) }
        }
    }

    /// Names in the notes are those of files that anybody may drop.
    private func confine() throws {
        let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
        _ = try Confinement.apply(
            ConfinementPolicy(readable: [URL(fileURLWithPath: source).path], writable: [folder]),
            refused: WorkerRefusals.report)
    }

    private static func worklist(_ notes: Data) throws -> Worklist {
        let lines = notes.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first else { throw ValidationError("The notes are empty.") }
        let head = try JSONDecoder().decode(WorklistHeadNote.self, from: first)
        let entries = try lines.dropFirst().map { try JSONDecoder().decode(WorklistEntryNote.self, from: $0) }
        return Worklist(
            entries.map(WorklistEntry.init), totals: .init(analysed: head.analysed, failed: head.failed),
            made: Date.now.timeIntervalSince1970, renewal: head.renewal)
    }
}

extension WorklistEntry {
    fileprivate init(_ entry: WorklistEntryNote) {
        let outcome: Outcome
        if let folder = entry.folder, let summary = entry.summary {
            outcome = .analysed(
                SeveritySummary(summary), report: "\(folder)/report.html", thumbnail: "\(folder)/thumbnail.png")
        } else {
            outcome = .failed(
                code: entry.failureCode ?? "unknown", sentence: entry.failureMessage ?? "There is no result.")
        }
        self.init(
            job: entry.job, study: entry.study, received: entry.received,
            urgency: Urgency(rawValue: entry.priority) ?? .routine, outcome: outcome)
    }
}

extension SeveritySummary {
    fileprivate init(_ summary: StudySummary) {
        self.init(
            triageLevel: Severity.Score(summary.triageLevel) { TriageLevel(rawValue: $0) },
            percentageOfOpacity: Severity.Score(summary.percentageOfOpacity) { $0 },
            percentageOfHighOpacity: Severity.Score(summary.percentageOfHighOpacity) { $0 },
            zoneScore: Severity.Score(summary.zoneScore) { $0 },
            gravestRemark: summary.gravestRemark.flatMap { QualityRemark.Weight(rawValue: $0) })
    }
}

extension Severity.Score {
    /// A value that this version does not know is as good as none.
    fileprivate init<Stored>(_ score: StudySummary.Score<Stored>, _ read: (Stored) -> Value?) {
        switch score {
        case .value(let stored):
            self = read(stored).map(Severity.Score.value) ?? .notApplicable(.nothingFound)
        case .missing(let code, _):
            self = .notApplicable(NotApplicable(rawValue: code) ?? .nothingFound)
        }
    }
}
