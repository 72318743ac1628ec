import GRDB
import WorkerLink

extension JobStore {
    /// Of each kind, the newest so many are listed: a page of ten thousand rows opens on no hospital's old PC, and making it
    /// would take longer with every study. What is older has been looked at, or will be looked for by its name.
    static let worklistLimits = (analysed: 1000, failed: 50)

    /// Gives what the worklist shows, one after the other, the newest first: studies that have results in the outbox, and
    /// what failed. `head` is told before how many there are in all.
    func forEachWorklistEntry(
        head: @escaping @Sendable (_ analysed: Int, _ failed: Int) throws -> Void,
        _ body: @escaping @Sendable (WorklistEntryNote) throws -> Void
    ) async throws(TriageError) {
        try await read { db in
            try head(try Self.count(Self.analysed, db), try Self.count(Self.failed, db))
            try Self.forEach(Self.failed, limit: Self.worklistLimits.failed, db, body)
            try Self.forEach(Self.analysed, limit: Self.worklistLimits.analysed, db, body)
        }
    }

    /// Duplicates have no folder of their own.
    private static let analysed = "state = 'completed' AND folder IS NOT NULL"
    private static let failed = "state IN ('failed', 'quarantined')"

    private static func count(_ condition: String, _ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM job WHERE \(condition)") ?? 0
    }

    private static func forEach(
        _ condition: String, limit: Int, _ db: Database, _ body: (WorklistEntryNote) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, study, priority, arrivedAt, folder, summary, failureCode, failureMessage FROM job
                WHERE \(condition) ORDER BY id DESC LIMIT ?
                """, arguments: [limit])
        while let row = try rows.next() {
            let summary: String? = row["summary"]
            try body(
                WorklistEntryNote(
                    job: row["id"], study: row["folder"] ?? row["study"],
                    priority: (Priority(rawValue: row["priority"]) ?? .routine).name, received: row["arrivedAt"],
                    folder: row["folder"], summary: try summary.map(JobRow.summary), failureCode: row["failureCode"],
                    failureMessage: row["failureMessage"]))
        }
    }
}
