/// What a listener of the service hears.
package enum TriageEvent: Hashable, Sendable {
    /// Somebody owns the service's name: at the start, or from now on.
    case serviceAppeared
    /// Nobody does, or the bus is lost. Jobs go on without being heard of: ask for them when it is back.
    case serviceVanished
    case queued(job: String, study: String, priority: TriagePriority)
    case started(job: String, study: String)
    /// 0…1
    case progress(job: String, fraction: Double, expectedEnd: UInt64?)
    case completed(job: String, study: String, TriageResult, TriageAnnouncement)
    case failed(job: String, study: String, TriageFailure, TriageAnnouncement)
}

extension TriageEvent {
    /// The event of a signal; nil: the signal is none, or not of its types.
    init?(_ signal: BusSignalMessage) {
        let body = signal.body
        switch (signal.interface, signal.member) {
        case (TriageNames.manager.text, "StudyQueued"):
            guard let (job, study) = Self.subject(body, count: 4),
                let priority = body[2].stringValue.flatMap(TriagePriority.init(rawValue:))
            else { return nil }
            self = .queued(job: job, study: study, priority: priority)
        case (TriageNames.manager.text, "StudyStarted"):
            guard let (job, study) = Self.subject(body, count: 3) else { return nil }
            self = .started(job: job, study: study)
        case (TriageNames.manager.text, "StudyCompleted"):
            guard let (job, study) = Self.subject(body, count: 7), let level = body[2].stringValue,
                let po = body[3].doubleValue, let pho = body[4].doubleValue, let zones = body[5].unsignedValue,
                let details = body[6].detailValues
            else { return nil }
            let result = TriageResult(
                level: level, po: po, pho: pho, zoneScore: UInt32(truncatingIfNeeded: zones), details: details)
            self = .completed(job: job, study: study, result, TriageAnnouncement(details: details))
        case (TriageNames.manager.text, "StudyFailed"):
            guard let (job, study) = Self.subject(body, count: 4), let code = body[2].stringValue,
                let details = body[3].detailValues
            else { return nil }
            let failure = TriageFailure(code: code, message: details["message"]?.stringValue ?? "")
            self = .failed(job: job, study: study, failure, TriageAnnouncement(details: details))
        case (_, "PropertiesChanged"):
            guard body.first?.stringValue == TriageNames.job.text, body.count == 3,
                let job = TriageNames.id(ofJobAt: signal.path), let values = body[1].detailValues,
                values["State"] == nil, let fraction = values["Progress"]?.doubleValue
            else { return nil }
            self = .progress(job: job, fraction: fraction, expectedEnd: values["ExpectedEndTime"]?.unsignedValue)
        default:
            return nil
        }
    }

    /// The job and the study, which all signals of the manager begin with.
    private static func subject(_ body: [BusValue], count: Int) -> (job: String, study: String)? {
        guard body.count == count, let job = body[0].pathValue.flatMap(TriageNames.id(ofJobAt:)),
            let study = body[1].stringValue
        else { return nil }
        return (job, study)
    }
}

extension TriageAnnouncement {
    init(details: [String: BusValue]) {
        self.init(
            number: details["announcement"]?.unsignedValue ?? 0, isResent: details["resent"]?.booleanValue ?? false)
    }
}
