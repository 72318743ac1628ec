import ArgumentParser
import Foundation
import Imaging
import NeuralNet
import Segmentation
import Training

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare a model's labels with the true ones, on the slices' own grid.",
        discussion: """
            Every figure is over whole slices at their own resolution. Pooled counts all pixels together; per image is the \
            mean over the images where the score is defined.
            """)

    @Argument(help: "Model file (safetensors).") var model: String
    @OptionGroup var data: EvaluationOptions
    @Option(help: "Lung model: lesions are sought as serving does, lungs first and only in or beside them.")
    var lungModel: String?
    @OptionGroup var prediction: PredictionOptions
    @Option(help: "Draw the best, median and worst image with truth and prediction (.png).") var overlays: String?
    @OptionGroup var device: DeviceOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let backend = try device.backend()
            let evaluated = try evaluated(on: backend)
            guard !evaluated.evaluation.images.isEmpty else { throw ValidationError("There is nothing to evaluate.") }
            let report = EvaluationReport(evaluated.evaluation, device: backend.description)
            if json { try JSONOutput.print(report) } else { for line in report.lines { print(line) } }
            // Last, so that no picture can cost the figures.
            if let overlays { try PNG.write(try evaluated.overlays(), to: overlays) }
        }
    }

    private func evaluated<B: Backend>(on backend: B) throws -> EvaluatedSlices {
        let model = try SegmentationModel.load(model)
        let task = try model.task
        let lungs = try lungModel.map { try LungSegmenter(SegmentationModel.load($0), backend: backend) }
        let predictor = try Predictor(model, task: task, lungs: lungs, options: prediction, backend: backend)
        var evaluated = EvaluatedSlices(task: task, keepsSlices: overlays != nil)
        for set in try data.sets(for: task, lungs: lungs) {
            try evaluated.add(set) { ct throws in try predictor.labels(of: set, ct: ct) }
        }
        return evaluated
    }
}

extension SegmentationModel {
    /// What the model was trained to tell apart. Throws `malformedFile` when its file does not say it.
    var task: SegmentationTask {
        get throws(NeuralNetError) {
            guard let task = metadata["task"].flatMap(SegmentationTask.init(rawValue:)) else {
                throw NeuralNetError(
                    .malformedFile, operation: "model", message: "The model does not say what task it was trained for.")
            }
            return task
        }
    }
}

/// Scores for people and programs; an undefined score is null, or a dash.
struct EvaluationReport: Encodable {
    struct Summary: Encodable {
        let mean, standardDeviation, variance: Double?
        let images, undefined: Int

        init(_ values: Distribution) {
            mean = values.mean
            standardDeviation = values.standardDeviation
            variance = values.variance
            images = values.count
            undefined = values.undefined
        }
    }
    struct ClassReport: Encodable {
        let label: Int
        let pooled: [String: Double?]
        let perImage: [String: Summary]
    }

    let images: Int
    let globalAccuracy: Summary
    let classes: [ClassReport]
    /// Rows are actual classes, columns predicted ones; pixels.
    let confusion: [[Int]]
    /// What computed, and how precisely.
    let device: String

    init(_ evaluation: Evaluation, device: String) {
        self.device = device
        images = evaluation.images.count
        globalAccuracy = Summary(evaluation.globalAccuracy)
        classes = (0..<evaluation.classes).map { label in
            var pooled: [String: Double?] = [:]
            var perImage: [String: Summary] = [:]
            for measure in ClassScores.Measure.allCases {
                pooled[measure.rawValue] = .some(evaluation.pooled(measure, of: label))
                perImage[measure.rawValue] = Summary(evaluation.perImage(measure, of: label))
            }
            return ClassReport(label: label, pooled: pooled, perImage: perImage)
        }
        confusion = (0..<evaluation.classes).map { actual in
            (0..<evaluation.classes).map { evaluation.pooled[actual: actual, predicted: $0] }
        }
    }

    var lines: [String] {
        func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
        let measures = ClassScores.Measure.allCases.map(\.rawValue)
        var rows = [["class", ""] + measures]
        for report in classes {
            rows.append(["\(report.label)", "pooled"] + measures.map { text(report.pooled[$0] ?? nil) })
            rows.append(["", "per image"] + measures.map { text(report.perImage[$0]?.mean) })
        }
        let accuracy =
            "global accuracy per image: mean \(text(globalAccuracy.mean)), "
            + "σ \(text(globalAccuracy.standardDeviation)), variance \(text(globalAccuracy.variance))"
        return ["\(images) images, whole slices at their own resolution", accuracy, ""]
            + TextTable.lines(rows, rightAligned: Set(2..<(2 + measures.count)))
            + ["", "Computed on \(device). Research use, not a medical device."]
    }
}
