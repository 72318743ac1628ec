import WorkerLink

/// How far a running job is.
public struct JobProgress: Hashable, Sendable {
    /// Such as `lungs`.
    public let stage: String
    /// Of the whole job, 0…1.
    public let share: Double
    /// Nil as long as it cannot be told.
    public let secondsLeft: Double?
}

/// Whoever wants to hear what happens to jobs: the bus, in the daemon.
public protocol TriageObserver: Sendable {
    func queued(_ jobs: [Job]) async
    func started(_ job: Job) async
    func progressed(_ job: JobID, _ progress: JobProgress) async
    /// A job that was running waits again.
    func waits(_ job: Job) async
    /// A job has come to its end. Returns once the news cannot be lost any more; throws to be asked again later.
    func announce(_ announcement: Announcement) async throws
    /// Something that the status shows has changed: a worker came, the queue was paused, something is in trouble. Returns at once;
    /// several changes may be told together.
    func statusChanged()
}

/// The state of the whole, for people and monitors.
public struct TriageStatus: Hashable, Sendable {
    public enum Activity: String, Hashable, Sendable {
        case idle, working, paused
        /// Too little free space: nothing is taken in.
        case full
    }

    public var activity: Activity
    public var queued: Int
    public var running: Int
    /// What the workers have said of themselves, device by device.
    public var workers: [WorkerDescription]
    /// What keeps the daemon from its work at the moment, a sentence each.
    public var troubles: [String]
}
