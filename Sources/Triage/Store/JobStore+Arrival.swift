import GRDB

/// A file that is about to become a job.
public struct ArrivingFile: Hashable, Sendable {
    public let path: String
    public let study: String
    public let priority: Priority
    /// As the file system says before it is moved; they tell a file that stays where it is from a new one of its name.
    public let inode: UInt64
    public let bytes: Int64
    /// Nanoseconds since 1970.
    public let modified: Int64
    public let keepsSource: Bool
    public let submitter: String?

    public init(
        path: String, study: String, priority: Priority, inode: UInt64, bytes: Int64, modified: Int64,
        keepsSource: Bool, submitter: String? = nil
    ) {
        self.path = path
        self.study = study
        self.priority = priority
        self.inode = inode
        self.bytes = bytes
        self.modified = modified
        self.keepsSource = keepsSource
        self.submitter = submitter
    }
}

/// What became of a file whose content is known now.
public enum Enqueued: Hashable, Sendable {
    case queued
    /// The same content was analysed before: the job is completed with that result.
    case answered
}

extension JobStore {
    /// Makes jobs of files before anything is moved. `input` gives the name in the daemon's own folder.
    public func arrive(
        _ files: [ArrivingFile], input: @escaping @Sendable (JobID, ArrivingFile) -> String
    ) async throws(TriageError) -> [ArrivingJob] {
        let now = now()
        return try await write { db in
            try files.map { file in
                try db.execute(
                    sql: """
                        INSERT INTO job (study, priority, state, source, keepsSource, sourceInode, sourceModified, input,
                          bytes, submitter, arrivedAt, dueAt) VALUES (?, ?, 'arriving', ?, ?, ?, ?, '', ?, ?, ?, ?)
                        """,
                    arguments: [
                        file.study, file.priority.rawValue, file.path, file.keepsSource,
                        Int64(bitPattern: file.inode), file.modified, file.bytes, file.submitter, now,
                        now + file.priority.patience,
                    ])
                let id = JobID(rawValue: db.lastInsertedRowID)
                let place = input(id, file)
                try db.execute(sql: "UPDATE job SET input = ? WHERE id = ?", arguments: [place, id.rawValue])
                return ArrivingJob(
                    id: id, study: file.study, priority: file.priority, source: file.path, input: place,
                    keepsSource: file.keepsSource)
            }
        }
    }

    /// The files lie in the daemon's own folder, durable, and their content is known.
    public func enqueue(
        _ jobs: [(job: ArrivingJob, sha256: String, bytes: Int64)]
    ) async throws(TriageError) -> [Enqueued] {
        let now = now()
        return try await write { db in
            try jobs.map { job, sha256, bytes in
                try db.changeOne(
                    "UPDATE job SET state = 'queued', sha256 = ?, bytes = ? WHERE id = ? AND state = 'arriving'",
                    [sha256, bytes, job.id.rawValue])
                return try Self.answer(job.id, sha256: sha256, now: now, db) ? .answered : .queued
            }
        }
    }

    /// The file was taken away before it could be taken in: there was never a study.
    public func forget(_ job: ArrivingJob) async throws(TriageError) {
        try await write { db in
            try db.changeOne("DELETE FROM job WHERE id = ? AND state = 'arriving'", [job.id.rawValue])
        }
    }

    /// The file cannot be taken in.
    public func fail(_ job: ArrivingJob, _ failure: JobFailure) async throws(TriageError) {
        let now = now()
        try await write { db in
            try Self.end(job.id, from: .arriving, as: .failed, failure, now: now, db)
        }
    }

    /// Whether a file that stays where it was dropped has been a job already.
    public func knows(source: String, inode: UInt64, modified: Int64) async throws(TriageError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job WHERE keepsSource = 1 AND source = ? AND sourceInode = ?
                      AND sourceModified = ?)
                    """,
                arguments: [source, Int64(bitPattern: inode), modified]) ?? false
        }
    }

    /// Completes a queued job with the result that the same content had before. False when there is none.
    static func answer(_ job: JobID, sha256: String, now: Double, _ db: Database) throws -> Bool {
        guard
            let leader = try Row.fetchOne(
                db,
                sql: """
                    SELECT id, summary FROM job WHERE sha256 = ? AND state = 'completed' AND duplicateOf IS NULL
                    ORDER BY id LIMIT 1
                    """,
                arguments: [sha256])
        else { return false }
        try db.changeOne(
            """
            UPDATE job SET state = 'completed', summary = ?, duplicateOf = ?, finishedAt = ?, folder = NULL
            WHERE id = ? AND state = 'queued'
            """,
            [leader["summary"] as String?, leader["id"] as Int64, now, job.rawValue])
        try announce(job, now: now, db)
        return true
    }

    static func announce(_ job: JobID, now: Double, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO announcement (job, createdAt) VALUES (?, ?)", arguments: [job.rawValue, now])
    }

    /// Ends a job without a result.
    static func end(
        _ job: JobID, from state: JobState.Name, as end: JobState.Name, _ failure: JobFailure?, now: Double,
        _ db: Database
    ) throws {
        try db.changeOne(
            """
            UPDATE job SET state = ?, failureCode = ?, failureMessage = ?, failureDetail = ?, finishedAt = ?,
              staging = NULL, folder = NULL WHERE id = ? AND state = ?
            """,
            [
                end.rawValue, failure?.code, failure?.message, failure?.detail, now, job.rawValue, state.rawValue,
            ])
        try announce(job, now: now, db)
    }
}
