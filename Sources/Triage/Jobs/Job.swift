/// A study on its way from the inbox to the outbox: what the store knows of it. Times are seconds since 1970.
public struct Job: Hashable, Sendable {
    public let id: JobID
    /// What the study is called; the file's name without `.nii` or `.nii.gz`.
    public let study: String
    public let priority: Priority
    public let state: JobState
    /// Where the file was dropped.
    public let source: String
    /// Where the file is now.
    public let input: String
    public let bytes: Int64
    public let sha256: String?
    /// How often a worker has begun with it.
    public let attempts: Int
    public let arrivedAt: Double
    public let startedAt: Double?
    public let finishedAt: Double?
    /// Who submitted it over the bus; nil for files that were dropped.
    public let submitter: String?
}

/// Jobs in the state that their type names. The store changes a job's state only for who holds one, so that no transition
/// can be written down that the diagram of `JobState` does not have.
public struct ArrivingJob: Hashable, Sendable {
    public let id: JobID
    public let study: String
    public let priority: Priority
    /// Where the file was dropped, and the name it gets in the daemon's own folder.
    public let source: String
    public let input: String
    /// Whether the file is left where it was dropped.
    public let keepsSource: Bool
}

public struct RunningJob: Hashable, Sendable {
    public let id: JobID
    public let study: String
    public let priority: Priority
    public let input: String
    /// This one included.
    public let attempt: Int
    /// The folder's name in the outbox, reserved.
    public let folder: String
    /// The name of the folder under construction.
    public let staging: String
    public let sha256: String
    public let bytes: Int64
    public let startedAt: Double
}

public struct DeliveringJob: Hashable, Sendable {
    public let id: JobID
    public let folder: String
    public let staging: String
}
