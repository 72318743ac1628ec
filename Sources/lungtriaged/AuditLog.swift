import Bus
import Logging

/// Who changed what, in the log: entries of their own kind in the journal, which `journalctl MESSAGE_ID=…` finds and
/// `journalctl --catalog` explains.
struct AuditLog: Auditor {
    let logger: Logger

    func note(_ record: AuditRecord) {
        let who = record.user.map { "User \($0)" } ?? "A user whom the bus does not name"
        var facts: Logger.Metadata = [DaemonLog.messageKey: "\(record.change.messageID)"]
        facts["user"] = record.user.map { "\($0)" }
        facts["process"] = record.process.map { "\($0)" }
        facts["job"] = record.job.map { "\($0)" }
        switch record.outcome {
        case .done:
            facts["outcome"] = "done"
            logger.notice("\(who) \(record.change.deed).", metadata: facts)
        case .refused:
            facts["outcome"] = "refused"
            logger.warning("\(who) was refused: \(record.change.rawValue).", metadata: facts)
        case .failed(let reason):
            facts["outcome"] = "failed"
            logger.notice("\(who) asked for this in vain: \(record.change.rawValue). \(reason)", metadata: facts)
        }
    }
}

extension AuditRecord.Change {
    /// Never changed once released; `data/systemd/lungtriage.catalog` explains them.
    var messageID: String {
        switch self {
        case .submit: "e2a214e8bbe946759d52490575ffc53d"
        case .cancel: "03aa3897fcf446b6986c39e8c7bb69f6"
        case .retry: "5c22c46963e948fda4d4748ca3c77ebf"
        case .reload: "b2609a0bdd2b45508c656018eee38dc1"
        case .pause: "5bd0f521be84462bbb9be05d0e8e2329"
        case .resume: "7ea3ef27e2e94528a4e0689e1888df20"
        }
    }

    fileprivate var deed: String {
        switch self {
        case .submit: "submitted a study"
        case .cancel: "cancelled a job"
        case .retry: "had a job tried again"
        case .reload: "had the configuration read"
        case .pause: "paused the station"
        case .resume: "resumed the station"
        }
    }
}
