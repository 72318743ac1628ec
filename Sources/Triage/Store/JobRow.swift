import Foundation
import GRDB
import WorkerLink

/// Rows of the table of jobs as values.
enum JobRow {
    /// Throws `store` for a row that no version of this program can have written.
    static func job(_ row: Row) throws -> Job {
        Job(
            id: JobID(rawValue: row["id"]), study: row["study"],
            priority: Priority(rawValue: row["priority"]) ?? .routine, state: try state(row), source: row["source"],
            input: row["input"], bytes: row["bytes"], sha256: row["sha256"], attempts: row["attempts"],
            arrivedAt: row["arrivedAt"], startedAt: row["startedAt"], finishedAt: row["finishedAt"],
            submitter: row["submitter"])
    }

    static func arriving(_ row: Row) -> ArrivingJob {
        ArrivingJob(
            id: JobID(rawValue: row["id"]), study: row["study"],
            priority: Priority(rawValue: row["priority"]) ?? .routine, source: row["source"], input: row["input"],
            keepsSource: row["keepsSource"])
    }

    static func text(_ summary: StudySummary) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(summary), as: UTF8.self)
    }

    static func summary(_ text: String) throws -> StudySummary {
        try JSONDecoder().decode(StudySummary.self, from: Data(text.utf8))
    }

    private static func state(_ row: Row) throws -> JobState {
        let name: String = row["state"]
        guard let known = JobState.Name(rawValue: name) else { throw unreadable(row, "state \(name)") }
        switch known {
        case .arriving: return .arriving
        case .queued: return .queued
        case .running: return .running
        case .delivering: return .delivering
        case .cancelled: return .cancelled
        case .failed: return .failed(try failure(row))
        case .quarantined: return .quarantined(try failure(row))
        case .completed:
            guard let folder: String = row["folder"] ?? row["leaderFolder"], let text: String = row["summary"] else {
                throw unreadable(row, "no result")
            }
            let leader: Int64? = row["duplicateOf"]
            return .completed(
                CompletedStudy(
                    folder: folder, summary: try summary(text), duplicateOf: leader.map(JobID.init(rawValue:))))
        }
    }

    private static func failure(_ row: Row) throws -> JobFailure {
        guard let code: String = row["failureCode"], let message: String = row["failureMessage"] else {
            throw unreadable(row, "no reason")
        }
        return JobFailure(code: code, message: message, detail: row["failureDetail"])
    }

    private static func unreadable(_ row: Row, _ what: String) -> TriageError {
        TriageError(.store, "A job in the database cannot be read.", cause: "job \(row["id"] as Int64? ?? 0): \(what)")
    }

    /// Every column, and the folder of the job that did the work.
    static let select = """
        SELECT job.*, (SELECT leader.folder FROM job AS leader WHERE leader.id = job.duplicateOf) AS leaderFolder FROM job
        """
}
