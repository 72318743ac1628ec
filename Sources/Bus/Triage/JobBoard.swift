import Synchronization

/// The active jobs as the bus shows them; past ones are asked for.
final class JobBoard: Sendable {
    private struct Entry {
        var job: TriageJob
        var lastProgress: ContinuousClock.Instant?
    }

    private let entries = Mutex<[String: Entry]>([:])
    private let control: any TriageControl
    /// At most this often is the progress of a job told.
    private let progressInterval = Duration.milliseconds(500)

    init(control: any TriageControl) { self.control = control }

    var activeIDs: [String] { entries.withLock { Array($0.keys) } }

    func replaceAll(_ jobs: [TriageJob]) {
        let active = jobs.filter(\.state.isActive)
        entries.withLock { entries in
            entries = Dictionary(active.map { ($0.id, Entry(job: $0)) }, uniquingKeysWith: { $1 })
        }
    }

    /// Puts an active job on the board; true: it is new there.
    func put(_ job: TriageJob) -> Bool {
        entries.withLock { entries in
            let isNew = entries[job.id] == nil
            entries[job.id, default: Entry(job: job)].job = job
            return isNew
        }
    }

    /// True: it was there.
    func remove(_ id: String) -> Bool { entries.withLock { $0.removeValue(forKey: id) != nil } }

    /// Notes progress; the job, when it is time to tell.
    func progress(_ id: String, _ fraction: Double, expectedEnd: UInt64?, now: ContinuousClock.Instant) -> TriageJob? {
        guard fraction.isFinite else { return nil }
        return entries.withLock { entries in
            guard var entry = entries[id] else { return nil }
            entry.job.progress = min(max(fraction, 0), 1)
            entry.job.expectedEnd = expectedEnd ?? entry.job.expectedEnd
            let isTime = entry.lastProgress.map { now - $0 >= progressInterval } ?? true
            if isTime { entry.lastProgress = now }
            entries[id] = entry
            return isTime ? entry.job : nil
        }
    }

    /// Throws ``BusError/Code/notFound``.
    func job(_ id: String) async throws -> TriageJob {
        if let entry = entries.withLock({ $0[id] }) { return entry.job }
        guard let job = try await control.job(id) else {
            throw BusError(.notFound, "There is no job “\(id.shown)”.")
        }
        return job
    }
}
