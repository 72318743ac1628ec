import Bus
import Foundation

/// A job as it is printed.
struct PrintedJob: Encodable {
    let job: String
    let study: String
    let state: String
    let priority: String
    let arrived: String
    let finished: String?
    let triageLevel: String?
    /// %
    let po: Double?
    let pho: Double?
    let zoneScore: Int?
    /// 0…1
    let progress: Double?
    /// The folder's name in the outbox.
    let folder: String?
    let code: String?
    let message: String?

    init(_ job: TriageJob) {
        self.job = job.id
        study = job.study
        state = job.state.rawValue
        priority = job.priority.rawValue
        arrived = Self.text(job.arrived)
        finished = job.finished.map(Self.text)
        triageLevel = job.result?.level
        po = job.result?.po
        pho = job.result?.pho
        zoneScore = job.result?.zoneScore.map(Int.init)
        progress = job.progress
        folder = job.result?.details["folder"]?.stringValue
        code = job.failure?.code
        message = job.failure?.message
    }

    /// ISO 8601, UTC.
    static func text(_ microseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(microseconds) / 1e6).formatted(.iso8601)
    }

    static func percent(_ value: Double?) -> String { value.map { String(format: "%.1f %%", $0) } ?? "–" }

    /// What it came to, in a few words.
    var outcome: String {
        if let triageLevel {
            return "\(triageLevel), PO \(Self.percent(po)), zones \(zoneScore.map { "\($0)" } ?? "–")"
        }
        if let message { return message }
        return progress.map { "\(Int($0 * 100)) %" } ?? ""
    }
}
