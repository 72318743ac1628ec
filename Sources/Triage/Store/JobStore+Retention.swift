import GRDB

extension JobStore {
    /// Forgets completed jobs whose results are to go, duplicates of them included, and gives their folders' names.
    func forgetResults(finishedBefore time: Double) async throws(TriageError) -> [String] {
        try await write { db in
            let folders = try String.fetchAll(
                db,
                sql: """
                    SELECT folder FROM job WHERE state = 'completed' AND finishedAt < ? AND isFiled = 1
                      AND folder IS NOT NULL
                    """,
                arguments: [time])
            try db.execute(
                sql: """
                    DELETE FROM job WHERE state = 'completed' AND duplicateOf IN
                      (SELECT id FROM job WHERE state = 'completed' AND finishedAt < ? AND isFiled = 1)
                    """,
                arguments: [time])
            try db.execute(
                sql: "DELETE FROM job WHERE state = 'completed' AND finishedAt < ? AND isFiled = 1", arguments: [time])
            return folders
        }
    }

    /// Forgets jobs that ended without a result and of which everybody has been told, and says where their files are.
    func forgetFailures(finishedBefore time: Double) async throws(TriageError) -> [String] {
        try await write { db in
            try String.fetchAll(
                db,
                sql: """
                    DELETE FROM job WHERE state IN ('failed', 'quarantined', 'cancelled') AND finishedAt < ? AND isFiled = 1
                      AND NOT EXISTS (SELECT 1 FROM announcement WHERE job = job.id AND sentAt IS NULL)
                      RETURNING input
                    """,
                arguments: [time])
        }
    }

    /// Where the files of jobs that ended before a time lie.
    func archivedInputs(finishedBefore time: Double) async throws(TriageError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT input FROM job WHERE finishedAt < ? AND isFiled = 1", arguments: [time])
        }
    }
}
