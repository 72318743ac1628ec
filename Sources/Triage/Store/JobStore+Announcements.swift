import GRDB

/// Something that everyone is to hear of: a job that came to its end.
public struct Announcement: Hashable, Sendable {
    /// Given once; listeners tell repetitions by it.
    public let id: Int64
    public let job: Job
    /// Made by a process that died before it could say that it had sent it: it may have been heard already.
    public let mayBeRepeated: Bool
}

extension JobStore {
    /// What is still to be said, the oldest first. Those up to `last`, which an earlier process has made, are marked as possible
    /// repetitions: by number and not by time, for clocks are set back.
    public func announcements(
        repeatedUpTo last: Int64, limit: Int = 64
    ) async throws(TriageError) -> [Announcement] {
        try await read { db in
            let sql = """
                SELECT job.*, (SELECT leader.folder FROM job AS leader WHERE leader.id = job.duplicateOf) AS leaderFolder,
                  announcement.id AS announcement
                FROM announcement JOIN job ON job.id = announcement.job WHERE announcement.sentAt IS NULL
                ORDER BY announcement.id LIMIT ?
                """
            return try Row.fetchAll(db, sql: sql, arguments: [limit]).map { row in
                Announcement(
                    id: row["announcement"], job: try JobRow.job(row),
                    mayBeRepeated: (row["announcement"] as Int64) <= last)
            }
        }
    }

    public func markSent(_ announcements: [Int64]) async throws(TriageError) {
        let now = now()
        try await write { db in
            for id in announcements {
                try db.execute(sql: "UPDATE announcement SET sentAt = ? WHERE id = ?", arguments: [now, id])
            }
        }
    }
}
