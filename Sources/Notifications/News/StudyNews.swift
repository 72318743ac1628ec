import Bus

/// What became of a study.
package struct StudyNews: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case completed(Scores)
        case failed(code: String, message: String)
    }

    /// nil where a score does not apply, or its value is none that the definition allows.
    package struct Scores: Hashable, Sendable {
        /// nil: unknown, or a level that this version does not know.
        package var level: SeverityLevel?
        /// Per cent of the lungs.
        package var percentageOfOpacity: Double?
        /// 0…24
        package var zoneScore: Int?
        /// Why scores are nil, by their names on the bus.
        package var missing: [String: String]
        package var reliability = Reliability.good
    }

    /// How far the scores can be relied on, by the gravest remark on the images.
    package enum Reliability: Hashable, Sendable {
        case good
        /// Figures may be off.
        case withReservations
        /// Nobody should rely on them.
        case doubtful
    }

    package var job: String
    /// The job that did the work, when the same content had come before.
    package var duplicateOf: String?
    package var study: String
    package var outcome: Outcome
    /// The announcement's number; nil: found in the history.
    package var announcement: UInt64?
    /// When the study ended, or when that was heard; microseconds since 1970.
    package var ended: UInt64

    package init(
        job: String, duplicateOf: String? = nil, study: String, outcome: Outcome, announcement: UInt64?, ended: UInt64
    ) {
        self.job = job
        self.duplicateOf = duplicateOf
        self.study = study
        self.outcome = outcome
        self.announcement = announcement
        self.ended = ended
    }

    /// Notifications of the same study replace each other: a study that was tried again, or dropped again.
    package var replacementKey: String { "job-" + (duplicateOf ?? job) }
}

// MARK: - From the bus

extension StudyNews {
    /// nil: the event is not the end of a study, or somebody cancelled it and knows.
    package init?(_ event: TriageEvent, heard: UInt64) {
        switch event {
        case .completed(let job, let study, let result, let announcement):
            self.init(
                job: job, duplicateOf: result.duplicateOf, study: study, outcome: .completed(Scores(result)),
                announcement: announcement.number, ended: heard)
        case .failed(let job, let study, let failure, let announcement):
            guard failure.code != "cancelled" else { return nil }
            self.init(
                job: job, study: study, outcome: .failed(code: failure.code, message: failure.message),
                announcement: announcement.number, ended: heard)
        case .serviceAppeared, .serviceVanished, .queued, .started, .progress:
            return nil
        }
    }

    /// nil: the job has not ended, or somebody cancelled it.
    package init?(_ job: TriageJob) {
        guard let finished = job.finished else { return nil }
        let outcome: Outcome
        var duplicateOf: String?
        switch job.state {
        case .completed:
            duplicateOf = job.result?.duplicateOf
            outcome = .completed(job.result.map(Scores.init) ?? Scores(missing: [:]))
        case .failed, .quarantined:
            outcome = .failed(code: job.failure?.code ?? job.state.rawValue, message: job.failure?.message ?? "")
        case .queued, .running, .cancelled:
            return nil
        }
        self.init(
            job: job.id, duplicateOf: duplicateOf, study: job.study, outcome: outcome, announcement: nil,
            ended: finished)
    }
}

extension StudyNews.Scores {
    package init(_ result: TriageResult) {
        self.init(
            level: SeverityLevel(rawValue: result.level),
            percentageOfOpacity: result.po.flatMap { (0...100).contains($0) ? $0 : nil },
            zoneScore: result.zoneScore.flatMap { $0 <= 24 ? Int($0) : nil }, missing: result.missing,
            reliability: StudyNews.Reliability(named: result.details["reliability"]?.stringValue))
    }
}

extension StudyNews.Reliability {
    fileprivate init(named name: String?) {
        switch name {
        case "doubtful": self = .doubtful
        case "warning": self = .withReservations
        default: self = .good
        }
    }
}

extension StudyNews {
    /// A result that nobody should rely on may hide a graver one.
    package var isDoubtful: Bool {
        if case .completed(let scores) = outcome { scores.reliability == .doubtful } else { false }
    }

    /// Whether somebody who wants to hear of this level and graver ones must hear of it: also of what has no level.
    package func matters(from minimum: SeverityLevel) -> Bool {
        guard case .completed(let scores) = outcome, let level = scores.level else { return true }
        return level >= minimum || isDoubtful
    }
}

extension TriageResult {
    fileprivate var duplicateOf: String? { details["duplicate_of"]?.stringValue }
}
