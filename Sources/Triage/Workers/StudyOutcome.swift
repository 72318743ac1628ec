import WorkerLink

/// What became of a study that a worker was given.
enum StudyOutcome: Hashable, Sendable {
    case finished(StudySummary)
    /// The worker says that it cannot be done.
    case failed(WorkerFailure)
    case cancelled
    /// Not enough memory at the moment.
    case deferred
    /// The worker is gone, or was stopped: the study may be at fault.
    case lost(JobFailure)
    /// No worker could be started; nothing was done.
    case noWorker(retry: Double)
    /// The daemon stops.
    case interrupted
}
