import GRDB

/// The daemon's memory: every job and every announcement that is still to be made, in one SQLite database.
///
/// Each function is one transaction, on the disk when it returns (WAL, synchronous FULL): whatever process or machine dies at
/// whatever moment, what was said to be done is done. All throw `TriageError` with the code `store`.
public final class JobStore: Sendable {
    let database: DatabasePool
    private let writer = BlockingCalls("store")
    private let readers = BlockingCalls("readers", threads: JobStore.readerCount)
    let now: @Sendable () -> Double

    private static let readerCount = 2

    /// Opens or makes the database at a path. `now` gives seconds since 1970.
    public init(path: String, now: @escaping @Sendable () -> Double = { WallClock.now }) throws(TriageError) {
        var configuration = Configuration()
        configuration.maximumReaderCount = Self.readerCount
        configuration.busyMode = .timeout(10)
        configuration.label = "jobs"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -1024")
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // SQLite's default for WAL may lose the last transactions with the power; a study would be run twice.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try JobSchema.migrator.migrate(pool)
            database = pool
        } catch {
            throw TriageError(.store, "The database of jobs cannot be opened: \(path).", cause: "\(error)")
        }
        self.now = now
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TriageError) -> Result {
        do {
            return try await writer.run { [database] in try database.write(body) }
        } catch {
            throw Self.error(error)
        }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws(TriageError) -> Result {
        do {
            return try await readers.run { [database] in try database.read(body) }
        } catch {
            throw Self.error(error)
        }
    }

    private static func error(_ error: any Error) -> TriageError {
        if let error = error as? TriageError { return error }
        return TriageError(.store, "The database of jobs does not answer as it should.", cause: "\(error)")
    }
}

extension Database {
    /// Changes exactly one row, or throws `wrongState`: the job has moved on since it was looked at.
    func changeOne(_ sql: String, _ arguments: StatementArguments) throws {
        try execute(sql: sql, arguments: arguments)
        guard changesCount == 1 else {
            throw TriageError(.wrongState, "The job is no longer in the state that this needs.")
        }
    }
}
