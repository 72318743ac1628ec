import WorkerLink

/// Where a job stands.
///
///     arriving ─► queued ─► running ─► delivering ─► completed
///        │          ▲ │        │
///        │          │ ├────────┴─► cancelled
///        ▼          │ ▼        ▼
///      failed ◄─────┴─────► quarantined        (retry: failed, quarantined, cancelled ─► queued)
public enum JobState: Hashable, Sendable {
    /// Announced by its file, which is not yet in the daemon's own folder.
    case arriving
    case queued
    case running
    /// The results are whole; their folder is about to take its name in the outbox.
    case delivering
    case completed(CompletedStudy)
    /// The file is at fault; trying again would not help.
    case failed(JobFailure)
    /// Workers died of it more often than allowed.
    case quarantined(JobFailure)
    case cancelled

    public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case arriving, queued, running, delivering, completed, failed, quarantined, cancelled

        /// Whether nothing more happens unless someone asks for it.
        public var isFinal: Bool {
            switch self {
            case .completed, .failed, .quarantined, .cancelled: true
            case .arriving, .queued, .running, .delivering: false
            }
        }
    }

    public var name: Name {
        switch self {
        case .arriving: .arriving
        case .queued: .queued
        case .running: .running
        case .delivering: .delivering
        case .completed: .completed
        case .failed: .failed
        case .quarantined: .quarantined
        case .cancelled: .cancelled
        }
    }
}

/// What a completed job has to show.
public struct CompletedStudy: Hashable, Sendable {
    /// The folder's name in the outbox.
    public let folder: String
    public let summary: StudySummary
    /// The job that did the work, when the same content had come before.
    public let duplicateOf: JobID?
}
