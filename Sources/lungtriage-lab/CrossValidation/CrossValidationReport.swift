import Foundation
import Training

/// A cross-validation's figures for people and programs: each patient's, all slices pooled, and the mean of patients. An
/// undefined score is null, or a dash.
struct CrossValidationReport: Encodable {
    struct Patient: Encodable {
        let name: String
        let fold, images: Int
        /// Over the patient's pixels.
        let pooled: [String: Double?]
        let perImage: [String: EvaluationReport.Summary]
    }

    let folds: Int
    let missingFolds: [Int]
    let task: SegmentationTask
    let images: Int
    let patients: [Patient]
    let pooled: [String: Double?]
    let perImage: [String: EvaluationReport.Summary]
    /// Of the patients' pooled scores.
    let perPatient: [String: EvaluationReport.Summary]

    /// The class that is no background; both tasks of a cross-validation have one.
    private static let label = 1

    init(_ result: CrossValidationResult) {
        func scores<Value>(_ value: (ClassScores.Measure) -> Value) -> [String: Value] {
            Dictionary(uniqueKeysWithValues: ClassScores.Measure.allCases.map { ($0.rawValue, value($0)) })
        }
        func pooledScores(_ evaluation: Evaluation) -> [String: Double?] {
            scores { evaluation.pooled($0, of: Self.label) }
        }
        func imageScores(_ evaluation: Evaluation) -> [String: EvaluationReport.Summary] {
            scores { EvaluationReport.Summary(evaluation.perImage($0, of: Self.label)) }
        }
        folds = result.folds
        missingFolds = result.missing
        task = result.task
        images = result.pooled.images.count
        patients = result.patients.map {
            Patient(
                name: $0.name, fold: $0.fold, images: $0.evaluation.images.count, pooled: pooledScores($0.evaluation),
                perImage: imageScores($0.evaluation))
        }
        pooled = pooledScores(result.pooled)
        perImage = imageScores(result.pooled)
        perPatient = scores { EvaluationReport.Summary(result.perPatient($0, of: Self.label)) }
    }

    func print(json: Bool) throws {
        if json { return try JSONOutput.print(self) }
        for line in lines { Swift.print(line) }
    }

    private var lines: [String] {
        func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
        let measures: [ClassScores.Measure] = [.dice, .sensitivity, .specificity]
        func row(
            _ name: String, _ fold: String, _ images: String, _ scores: [String: Double?], _ perImage: Double?
        ) -> [String] {
            [name, fold, images] + measures.map { text(scores[$0.rawValue] ?? nil) } + [text(perImage)]
        }
        let dice = ClassScores.Measure.dice.rawValue
        var rows = [["patient", "fold", "slices"] + measures.map(\.rawValue) + ["dice per image"]]
        rows += patients.map { row($0.name, "\($0.fold)", "\($0.images)", $0.pooled, $0.perImage[dice]?.mean) }
        rows.append(row("all pooled", "", "\(images)", pooled, perImage[dice]?.mean))
        rows.append(row("mean of patients", "", "", perPatient.mapValues(\.mean), nil))
        rows.append(row("σ of patients", "", "", perPatient.mapValues(\.standardDeviation), nil))
        let unfinished = missingFolds.map { "\($0)" }.joined(separator: ", ")
        return TextTable.lines(rows, rightAligned: Set(1..<7))
            + (missingFolds.isEmpty ? [] : ["Of \(folds) folds these are not finished: \(unfinished)."])
            + ["", "Whole slices at their own resolution. Research use, not a medical device."]
    }
}
