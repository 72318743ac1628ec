import WorkerLink

/// What became of a study that a worker was given.
enum StudyOutcome: Hashable, Sendable {
    case finished(StudySummary)
    /// The worker says that it cannot be done.
    case failed(WorkerFailure)
    case cancelled
    /// The machine has not what it takes at the moment, memory or descriptors; the sentence says what.
    case deferred(because: String)
    /// The worker is gone, or was stopped: the study may be at fault.
    case lost(JobFailure)
    /// No worker could be started; nothing was done.
    case noWorker(retry: Double)
    /// The daemon stops.
    case interrupted
}
