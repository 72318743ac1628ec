import Analysis
import Foundation
import Severity

/// What `analyze` says when it is done.
struct AnalysisSummary: Encodable {
    /// A stage and how long it took.
    struct Stage: Encodable {
        let stage: String
        let seconds: Double
    }

    let study: String
    let triageLevel: String?
    /// %
    let po: Double?
    let pho: Double?
    let zoneScore: Int?
    /// The gravest quality remark's weight; nil without remarks.
    let quality: String?
    let remarks: [String]
    let seconds: Double
    /// Reading to writing, in their order.
    let stages: [Stage]
    let peakResidentBytes: Int
    let folder: String

    init(_ study: String, _ result: StudyResult, folder: String) {
        self.study = study
        self.folder = folder
        let scores = result.scores
        triageLevel = scores.triageLevel.value?.rawValue
        po = scores.percentageOfOpacity.value
        pho = scores.percentageOfHighOpacity.value
        zoneScore = scores.zoneScore.value
        quality = scores.gravestRemark?.rawValue
        remarks = scores.remarks.map(\.sentence)
        seconds = result.timings.reduce(0) { $0 + $1.seconds }
        stages = result.timings.map { Stage(stage: $0.stage.name, seconds: $0.seconds) }
        var usage = rusage()
        peakResidentBytes = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : 0
    }

    /// For people.
    var text: String {
        func percent(_ value: Double?) -> String { value.map { String(format: "%.1f %%", $0) } ?? "–" }
        let level = triageLevel ?? "no level"
        let zones = zoneScore.map { "\($0) of 24" } ?? "–"
        var lines = ["\(study): \(level), opacity \(percent(po)), dense \(percent(pho)), zone score \(zones)"]
        lines += remarks.map { "  \($0)" }
        lines.append("  \(folder)/report.html (\(String(format: "%.1f", seconds)) s)")
        lines.append("  \(SeverityScores.researchUse)")
        return lines.joined(separator: "\n") + "\n"
    }
}
