import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose a model's operating point on validation data, and write the model with it.",
        discussion: """
            The score of each class but background is shifted, one class after the other, to where the measure's mean over \
            those classes, pooled over the slices, is largest. The shift goes into the last layer's bias. Never do this on \
            slices that a figure is reported on.
            """)

    @Argument(help: "Model file (safetensors).") var model: String
    @OptionGroup var data: EvaluationOptions
    @Option(help: "Lung model.") var lungModel: String?
    @Option(help: "What to make large: dice, f2, gMean, sensitivity or specificity.")
    var measure = ClassScores.Measure.dice
    @Option(help: "Largest shift of a score.") var range: Float = 3
    @Option(help: "Distance between the shifts that are tried.") var step: Float = 0.25
    @Option(help: "Where the model goes.") var output: String
    @Flag(help: "Store weights as float16, for shipping.") var half = false
    @OptionGroup var prediction: PredictionOptions
    @OptionGroup var device: DeviceOptions

    func run() throws {
        try ExitStatus.guarding {
            guard range > 0, step > 0, range / step <= 100 else {
                throw ValidationError("--range and --step must be above 0, and at most 100 steps apart.")
            }
            try calibrate(on: try device.backend())
        }
    }

    private func calibrate<B: Backend>(on backend: B) throws {
        let model = try SegmentationModel.load(model)
        let task = try model.task
        let lungs = try lungModel.map { try LungSegmenter(SegmentationModel.load($0), backend: backend) }
        let sets = try data.sets(for: task, lungs: lungs)
        guard !sets.isEmpty else { throw ValidationError("There is nothing to calibrate on.") }
        func value(_ shifts: [Float]) throws -> Double {
            let shifted = try model.shiftingScores(by: shifts)
            let predictor = try Predictor(shifted, task: task, lungs: lungs, options: prediction, backend: backend)
            var evaluation = Evaluation(classes: task.classes)
            for set in sets {
                try evaluation.add(set, task: task) { try predictor.labels(of: set, ct: $0) }
            }
            return Distribution((1..<task.classes).map { evaluation.pooled(measure, of: $0) }).mean ?? 0
        }
        var shifts = [Float](repeating: 0, count: task.classes)
        var best = try value(shifts)
        print(String(format: "as trained: %@ %.4f", measure.rawValue, best))
        for label in 1..<task.classes {
            for step in stride(from: -range, through: range, by: step) {
                var tried = shifts
                tried[label] = step
                let found = try value(tried)
                if found > best { (best, shifts) = (found, tried) }
            }
            print(String(format: "class %d shifted by %.2f: %@ %.4f", label, shifts[label], measure.rawValue, best))
        }
        var chosen = try model.shiftingScores(by: shifts)
        chosen.metadata["operating_point"] = "shifts \(shifts), largest \(measure.rawValue) on validation data"
        try chosen.save(to: output, storage: half ? .float16 : .float32)
    }
}

extension ClassScores.Measure: ExpressibleByArgument {}
