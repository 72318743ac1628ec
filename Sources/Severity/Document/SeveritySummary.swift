import Foundation
import Imaging

/// The few figures of a study that lists and messages need; also read back from `severity.json`.
public struct SeveritySummary: Hashable, Sendable {
    public let triageLevel: Score<TriageLevel>
    /// PO and PHO, 0…100.
    public let percentageOfOpacity: Score<Double>
    public let percentageOfHighOpacity: Score<Double>
    /// 0…24.
    public let zoneScore: Score<Int>
    /// nil without remarks.
    public let gravestRemark: QualityRemark.Weight?

    public init(
        triageLevel: Score<TriageLevel>, percentageOfOpacity: Score<Double>, percentageOfHighOpacity: Score<Double>,
        zoneScore: Score<Int>, gravestRemark: QualityRemark.Weight? = nil
    ) {
        self.triageLevel = triageLevel
        self.percentageOfOpacity = percentageOfOpacity
        self.percentageOfHighOpacity = percentageOfHighOpacity
        self.zoneScore = zoneScore
        self.gravestRemark = gravestRemark
    }

    public init(_ scores: SeverityScores) {
        self.init(
            triageLevel: scores.triageLevel, percentageOfOpacity: scores.percentageOfOpacity,
            percentageOfHighOpacity: scores.percentageOfHighOpacity, zoneScore: scores.zoneScore,
            gravestRemark: scores.gravestRemark)
    }

    /// From a `severity.json`. Throws `unsupported` for anything else and for another version of it.
    public init(json: Data) throws(ImagingError) {
        do {
            let document = try JSONDecoder().decode(Document.self, from: json)
            guard document.version == 1 else {
                throw ImagingError(
                    .unsupported, subject: "severity.json",
                    message: "The file has version \(document.version); this program reads version 1.")
            }
            self.init(
                triageLevel: try document.triageLevel.score(), percentageOfOpacity: try document.opacity.score(),
                percentageOfHighOpacity: try document.highOpacity.score(), zoneScore: try document.zoneScore.score(),
                gravestRemark: QualityRemark.Weight(rawValue: document.reliability))
        } catch let error as ImagingError {
            throw error
        } catch {
            throw ImagingError(
                .unsupported, subject: "severity.json", message: "The file does not hold severity scores.",
                cause: "\(error)")
        }
    }

    private struct Document: Decodable {
        struct Entry<Value: Decodable & Hashable & Sendable>: Decodable {
            let value: Value?
            let reason: String?

            func score() throws -> Score<Value> {
                if let value { return .value(value) }
                guard let reason = reason.flatMap(NotApplicable.init(rawValue:)) else {
                    throw ImagingError(
                        .unsupported, subject: "severity.json",
                        message: "A score has neither a value nor a known reason.")
                }
                return .notApplicable(reason)
            }
        }

        enum CodingKeys: String, CodingKey {
            case version
            case triageLevel = "triage_level"
            case opacity = "PO"
            case highOpacity = "PHO"
            case zoneScore, reliability
        }

        let version: Int
        let triageLevel: Entry<TriageLevel>
        let opacity: Entry<Double>
        let highOpacity: Entry<Double>
        let zoneScore: Entry<Int>
        let reliability: String
    }
}
