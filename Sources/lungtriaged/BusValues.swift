import Bus
import Triage
import WorkerLink

// Jobs and states as the bus shows them.

extension TriageJob {
    init(_ job: Job) {
        var result: TriageResult?
        var failure: TriageFailure?
        switch job.state {
        case .completed(let study): result = TriageResult(study)
        case .failed(let reason): failure = TriageFailure(code: reason.code, message: reason.message)
        case .quarantined(let reason): failure = TriageFailure(code: reason.code, message: reason.message)
        case .cancelled: failure = TriageFailure(code: "cancelled", message: "The job was cancelled.")
        case .arriving, .queued, .running, .delivering: break
        }
        self.init(
            id: "\(job.id)", study: job.study, state: TriageJobState(job.state.name),
            priority: TriagePriority(rawValue: job.priority.name) ?? .routine,
            arrived: BusTime.microseconds(job.arrivedAt), started: job.startedAt.map(BusTime.microseconds),
            finished: job.finishedAt.map(BusTime.microseconds),
            isCancelable: job.state.name == .queued || job.state.name == .running, result: result, failure: failure)
    }
}

extension TriageJobState {
    init(_ state: JobState.Name) {
        switch state {
        case .arriving, .queued: self = .queued
        case .running, .delivering: self = .running
        case .completed: self = .completed
        case .failed: self = .failed
        case .quarantined: self = .quarantined
        case .cancelled: self = .cancelled
        }
    }

    fileprivate var names: [JobState.Name] {
        switch self {
        case .queued: [.arriving, .queued]
        case .running: [.running, .delivering]
        case .completed: [.completed]
        case .failed: [.failed]
        case .quarantined: [.quarantined]
        case .cancelled: [.cancelled]
        }
    }
}

extension TriageResult {
    init(_ study: CompletedStudy) {
        let summary = study.summary
        var missing: [String: String] = [:]
        func value<Value>(_ name: String, _ score: StudySummary.Score<Value>) -> Value? {
            if case .missing(_, let sentence) = score { missing[name] = sentence }
            return score.value
        }
        let level = value("level", summary.triageLevel)
        let po = value("po", summary.percentageOfOpacity)
        let pho = value("pho", summary.percentageOfHighOpacity)
        let zones = value("zone_score", summary.zoneScore)
        // A folder's name in the outbox, never its path: signals are for every user's eyes.
        var details: [String: BusValue] = [
            "folder": .string(study.folder), "seconds": .double(summary.seconds),
            "reliability": .string(summary.gravestRemark ?? "noRemarks"),
        ]
        if let leader = study.duplicateOf { details["duplicate_of"] = .string("\(leader)") }
        self.init(
            level: level ?? "unknown", po: po, pho: pho, zoneScore: zones.map { UInt32(clamping: $0) },
            missing: missing, details: details)
    }
}

extension JobFilter {
    init(_ filter: TriageJobFilter) {
        let states = filter.states.flatMap(\.names)
        self.init(
            states: states.isEmpty ? Set(JobState.Name.allCases) : Set(states),
            priorities: Set(filter.priorities.compactMap { Priority(name: $0.rawValue) }), study: filter.study,
            since: filter.since.map { Double($0) / 1e6 }, until: filter.until.map { Double($0) / 1e6 })
    }
}

extension Bus.TriageStatus {
    init(_ status: Triage.TriageStatus) {
        let activity: Activity =
            switch status.activity {
            case .idle: status.troubles.isEmpty ? .idle : .degraded
            case .working: .working
            case .paused: .paused
            case .full: .degraded
            }
        let plugins = status.workers.flatMap(\.plugins)
        self.init(
            activity: activity, queueLength: UInt32(clamping: status.queued),
            plugins: plugins.map {
                TriagePlugin(
                    id: $0.id, version: $0.version, role: $0.role,
                    details: ["name": .string($0.name), "device": .string($0.device)])
            },
            devices: status.workers.map {
                TriageDevice(
                    id: $0.device, kind: $0.device.hasPrefix("cuda:") ? "cuda" : "cpu", name: $0.place,
                    details: ["confinement": .string($0.confinement?.text ?? "none")])
            },
            tainted: plugins.filter { !$0.isSealed }.map { "The plugin \($0.id) is not sealed." }
                + status.workers.flatMap { $0.confinement?.missing ?? ["nothing confines it"] }.map {
                    "The worker is confined in part only: \($0)."
                },
            troubles: (status.activity == .full ? ["Too little space is free: nothing is taken in."] : [])
                + status.troubles)
    }
}
