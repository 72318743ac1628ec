import GRDB

/// What became of a request to cancel.
public enum Cancellation: Hashable, Sendable {
    case cancelled
    /// A worker is at it, and must be told.
    case running
}

extension JobStore {
    /// Cancels a job that waits. Throws `notFound`, and `wrongState` for one that has come to its end.
    public func cancel(_ id: JobID) async throws(TriageError) -> Cancellation {
        let now = now()
        return try await write { db in
            switch try Self.state(of: id, db) {
            case .queued:
                try Self.end(id, from: .queued, as: .cancelled, nil, now: now, db)
                return .cancelled
            case .running: return .running
            case .arriving, .delivering:
                throw TriageError(.busy, "Job \(id) is just being moved; try again in a moment.")
            case .completed, .failed, .quarantined, .cancelled:
                throw TriageError(.wrongState, "Job \(id) has come to its end already.")
            }
        }
    }

    /// Puts a job without a result into the queue again, at its end. Throws `notFound`, and `wrongState` for a job that is
    /// not `failed`, `quarantined` or `cancelled` or whose file is still on its way.
    public func retry(_ id: JobID) async throws(TriageError) {
        let now = now()
        try await write { db in
            let state = try Self.state(of: id, db)
            guard state == .failed || state == .quarantined || state == .cancelled else {
                throw TriageError(.wrongState, "Job \(id) is \(state.rawValue): there is nothing to try again.")
            }
            try db.execute(
                sql: """
                    UPDATE job SET state = 'queued', failureCode = NULL, failureMessage = NULL, failureDetail = NULL,
                      finishedAt = NULL, attempts = 0, notBefore = 0, isFiled = 0, dueAt = ?
                    WHERE id = ? AND isFiled = 1 AND sha256 IS NOT NULL
                    """,
                arguments: [now, id.rawValue])
            guard db.changesCount == 1 else {
                throw TriageError(.wrongState, "Job \(id) has no file that could be tried again.")
            }
        }
    }

    private static func state(of id: JobID, _ db: Database) throws -> JobState.Name {
        guard let name = try String.fetchOne(db, sql: "SELECT state FROM job WHERE id = ?", arguments: [id.rawValue]),
            let state = JobState.Name(rawValue: name)
        else { throw TriageError(.notFound, "There is no job \(id).") }
        return state
    }
}
