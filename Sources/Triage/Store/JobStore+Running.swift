import GRDB
import WorkerLink

/// What a device's turn brought.
public enum Turn: Hashable, Sendable {
    case run(RunningJob)
    /// The first job in the queue had the content of a completed one: it is completed now, without work.
    case answered(JobID)
    /// Nothing to do before a time (seconds since 1970), or until something arrives.
    case wait(until: Double?)
}

extension JobStore {
    /// A time to wait for that lies further away than any back-off is a clock that was set back: it does not count.
    static let longestBackOff: Double = 3600

    /// Gives the job whose turn it is to a worker. `isFree` says whether a name is free in the outbox.
    public func takeTurn(
        staging: String, isFree: @escaping @Sendable (String) -> Bool
    ) async throws(TriageError) -> Turn {
        let now = now()
        return try await write { db in
            guard let row = try Self.next(now: now, db) else {
                let until = try Double.fetchOne(db, sql: "SELECT min(notBefore) FROM job WHERE state = 'queued'")
                return .wait(until: until)
            }
            let id = JobID(rawValue: row["id"])
            let sha256: String = row["sha256"]
            if try Self.answer(id, sha256: sha256, now: now, db) { return .answered(id) }
            let folder: String = try row["folder"] ?? Self.freeName(row["study"], sha256, id, isFree, db)
            let attempt: Int = row["attempts"] + 1
            try db.changeOne(
                """
                UPDATE job SET state = 'running', attempts = ?, startedAt = ?, folder = ?, staging = ?
                WHERE id = ? AND state = 'queued'
                """,
                [attempt, now, folder, "\(id)-\(staging)", id.rawValue])
            return .run(
                RunningJob(
                    id: id, study: row["study"], priority: Priority(rawValue: row["priority"]) ?? .routine,
                    input: row["input"], attempt: attempt, folder: folder, staging: "\(id)-\(staging)",
                    sha256: sha256, bytes: row["bytes"], startedAt: now))
        }
    }

    /// The results are whole in the staging folder; they may be given their name now.
    public func deliver(_ job: RunningJob, _ summary: StudySummary) async throws(TriageError) -> DeliveringJob {
        let text: String
        do { text = try JobRow.text(summary) } catch {
            throw TriageError(.store, "A result cannot be written down.", cause: "\(error)")
        }
        try await write { db in
            try db.changeOne(
                "UPDATE job SET state = 'delivering', undeliveredSummary = ? WHERE id = ? AND state = 'running'",
                [text, job.id.rawValue])
        }
        return DeliveringJob(id: job.id, folder: job.folder, staging: job.staging)
    }

    /// The results have their name in the outbox, durable.
    public func complete(_ job: DeliveringJob) async throws(TriageError) {
        let now = now()
        try await write { db in
            try db.changeOne(
                """
                UPDATE job SET state = 'completed', summary = undeliveredSummary, undeliveredSummary = NULL, finishedAt = ?,
                  staging = NULL WHERE id = ? AND state = 'delivering'
                """,
                [now, job.id.rawValue])
            try Self.announce(job.id, now: now, db)
        }
    }

    /// The results could not be put in place: they are lost, and the work is done again, under another name.
    public func redo(_ job: DeliveringJob, after seconds: Double) async throws(TriageError) {
        let now = now()
        try await write { db in
            try db.changeOne(
                """
                UPDATE job SET state = 'queued', undeliveredSummary = NULL, staging = NULL, folder = NULL, notBefore = ?
                WHERE id = ? AND state = 'delivering'
                """,
                [now + seconds, job.id.rawValue])
        }
    }

    /// Back into the queue. `countsAttempt` false: it was not the study's fault.
    public func requeue(
        _ job: RunningJob, after seconds: Double = 0, countsAttempt: Bool
    ) async throws(TriageError) {
        let now = now()
        try await write { db in
            try db.changeOne(
                """
                UPDATE job SET state = 'queued', staging = NULL, startedAt = NULL, notBefore = ?, attempts = ?
                WHERE id = ? AND state = 'running'
                """,
                [now + seconds, countsAttempt ? job.attempt : job.attempt - 1, job.id.rawValue])
        }
    }

    public func fail(_ job: RunningJob, _ failure: JobFailure) async throws(TriageError) {
        try await end(job, as: .failed, failure)
    }

    public func quarantine(_ job: RunningJob, _ failure: JobFailure) async throws(TriageError) {
        try await end(job, as: .quarantined, failure)
    }

    public func cancel(_ job: RunningJob) async throws(TriageError) { try await end(job, as: .cancelled, nil) }

    private func end(
        _ job: RunningJob, as end: JobState.Name, _ failure: JobFailure?
    ) async throws(TriageError) {
        let now = now()
        try await write { db in try Self.end(job.id, from: .running, as: end, failure, now: now, db) }
    }

    private static func next(now: Double, _ db: Database) throws -> Row? {
        // What another device is working on may answer this one as well.
        try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM job WHERE state = 'queued' AND (notBefore <= ? OR notBefore > ?)
                  AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.sha256 = job.sha256
                    AND other.state IN ('running', 'delivering'))
                ORDER BY dueAt, id LIMIT 1
                """,
            arguments: [now, now + longestBackOff])
    }

    /// The study's name, with the content's hash where it is taken, and the job's number where that is taken as well.
    private static func freeName(
        _ study: String, _ sha256: String, _ id: JobID, _ isFree: (String) -> Bool, _ db: Database
    ) throws -> String {
        for name in [study, "\(study)_\(sha256.prefix(8))"] {
            let isReserved =
                try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM job WHERE folder = ?)", arguments: [name]) ?? true
            if !isReserved && isFree(name) { return name }
        }
        return "\(study)_\(sha256.prefix(8))_\(id)"
    }
}
