import GRDB
import WorkerLink

/// Which jobs are asked for.
public struct JobFilter: Hashable, Sendable {
    public var states: Set<JobState.Name>
    /// Empty: any.
    public var priorities: Set<Priority>
    /// Part of the study's name; nil: whatever it is called.
    public var study: String?
    /// Arrived at or after, and before; seconds since 1970.
    public var since: Double?
    public var until: Double?

    public init(
        states: Set<JobState.Name> = Set(JobState.Name.allCases), priorities: Set<Priority> = [],
        study: String? = nil, since: Double? = nil, until: Double? = nil
    ) {
        self.states = states
        self.priorities = priorities
        self.study = study
        self.since = since
        self.until = until
    }

    var conditions: (sql: String, arguments: StatementArguments) {
        var conditions = ["state IN (\(databaseQuestionMarks(count: states.count)))"]
        var arguments = StatementArguments(states.map(\.rawValue))
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        if !priorities.isEmpty {
            conditions.append("priority IN (\(databaseQuestionMarks(count: priorities.count)))")
            arguments += StatementArguments(priorities.map(\.rawValue))
        }
        add("instr(study, ?) > 0", study)
        add("arrivedAt >= ?", since)
        add("arrivedAt < ?", until)
        return (conditions.joined(separator: " AND "), arguments)
    }
}

extension JobStore {
    public func job(_ id: JobID) async throws(TriageError) -> Job? {
        try await read { db in
            try Row.fetchOne(db, sql: JobRow.select + " WHERE id = ?", arguments: [id.rawValue]).map(JobRow.job)
        }
    }

    /// Those of some numbers that there are, in the order of their numbers.
    func jobs(_ ids: [JobID]) async throws(TriageError) -> [Job] {
        try await read { db in
            try Row.fetchAll(
                db, sql: JobRow.select + " WHERE id IN (\(databaseQuestionMarks(count: ids.count))) ORDER BY id",
                arguments: StatementArguments(ids.map(\.rawValue))
            ).map(JobRow.job)
        }
    }

    /// The latest first.
    public func jobs(
        _ filter: JobFilter = JobFilter(), offset: Int = 0, limit: Int = 100
    ) async throws(TriageError) -> [Job] {
        try await read { db in
            let (conditions, arguments) = filter.conditions
            return try Row.fetchAll(
                db, sql: JobRow.select + " WHERE \(conditions) ORDER BY id DESC LIMIT ? OFFSET ?",
                arguments: arguments + [limit, offset]
            ).map(JobRow.job)
        }
    }

    /// How many jobs there are in each state that is not final.
    public func activeCounts() async throws(TriageError) -> [JobState.Name: Int] {
        try await read { db in
            let active = JobState.Name.allCases.filter { !$0.isFinal }
            var counts: [JobState.Name: Int] = [:]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT state, count(*) AS n FROM job WHERE state IN (\(databaseQuestionMarks(count: active.count)))
                    GROUP BY state
                    """, arguments: StatementArguments(active.map(\.rawValue)))
            for row in rows {
                if let state = JobState.Name(rawValue: row["state"]) { counts[state] = row["n"] }
            }
            return counts
        }
    }

    /// How many jobs wait for a worker, and since when the oldest does (seconds since 1970), by priority.
    func backlog() async throws(TriageError) -> [(priority: Priority, count: Int, oldest: Double)] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT priority, count(*) AS n, min(arrivedAt) AS oldest FROM job WHERE state = 'queued'
                    GROUP BY priority ORDER BY priority
                    """)
            return rows.compactMap { row in
                Priority(rawValue: row["priority"]).map { ($0, row["n"], row["oldest"]) }
            }
        }
    }

    /// A setting that outlives the process, such as `isPaused`.
    public func setting(_ key: String) async throws(TriageError) -> String? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
        }
    }

    public func set(_ key: String, to value: String) async throws(TriageError) {
        try await write { db in
            try db.execute(
                sql: "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [key, value])
        }
    }
}
