import GRDB

/// What a process that died has left.
public struct Unfinished: Sendable {
    public let arriving: [ArrivingJob]
    public let delivering: [DeliveringJob]
    /// Jobs whose worker went with the daemon; they are in the queue again.
    public let requeued: Int
    /// The number of the last announcement that was made; 0 when there is none.
    public let lastAnnouncement: Int64
}

/// A job that has come to its end, whose file has yet to be put where it belongs.
public struct JobToFile: Hashable, Sendable {
    public let job: Job
    public let keepsSource: Bool
}

extension JobStore {
    /// Puts what was running back into the queue, without counting the attempt: the daemon died, not the worker.
    public func recover() async throws(TriageError) -> Unfinished {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE job SET state = 'queued', staging = NULL, startedAt = NULL, attempts = max(attempts - 1, 0)
                    WHERE state = 'running'
                    """)
            let requeued = db.changesCount
            let arriving = try Row.fetchAll(db, sql: "SELECT * FROM job WHERE state = 'arriving' ORDER BY id")
                .map(JobRow.arriving)
            let delivering = try Row.fetchAll(db, sql: "SELECT * FROM job WHERE state = 'delivering' ORDER BY id")
                .map { row in
                    DeliveringJob(
                        id: JobID(rawValue: row["id"]), folder: row["folder"] ?? "", staging: row["staging"] ?? "")
                }
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM announcement") ?? 0
            return Unfinished(
                arriving: arriving, delivering: delivering, requeued: requeued, lastAnnouncement: last)
        }
    }

    /// Jobs at their end whose file is not yet where it belongs.
    public func jobsToFile(limit: Int = 64) async throws(TriageError) -> [JobToFile] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: JobRow.select + """
                     WHERE isFiled = 0 AND state IN ('completed', 'failed', 'quarantined', 'cancelled')
                    ORDER BY id LIMIT ?
                    """,
                arguments: [limit]
            ).map { JobToFile(job: try JobRow.job($0), keepsSource: $0["keepsSource"]) }
        }
    }

    /// The files are where they belong; `input` is where that is.
    public func markFiled(_ jobs: [(id: JobID, input: String)]) async throws(TriageError) {
        try await write { db in
            for (id, input) in jobs {
                try db.execute(
                    sql: "UPDATE job SET isFiled = 1, input = ? WHERE id = ?", arguments: [input, id.rawValue])
            }
        }
    }

    /// The names under construction and reserved: whatever else lies in the staging folder is left over.
    public func stagingNames() async throws(TriageError) -> Set<String> {
        try await read { db in
            Set(try String.fetchAll(db, sql: "SELECT staging FROM job WHERE staging IS NOT NULL"))
        }
    }
}
