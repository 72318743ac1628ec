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
        let content = try Data(contentsOf: URL(fileURLWithPath: source))
        let notes = try content.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(WorklistEntryNote.self, from: $0)
        }
        let now = Date.now.timeIntervalSince1970
        let page = Worklist(notes.map(WorklistEntry.init), updated: Self.text(now)).html()
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

    /// Local time, as it is spoken of in the house: `2026-11-24 13:05`.
    fileprivate static func text(_ time: Double) -> String {
        var seconds = time_t(time)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min))"
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
        self.init(study: entry.study, received: WriteWorklist.text(entry.received), outcome: outcome)
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
