import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

extension PatientFolds.Dealing: ExpressibleByArgument {}

struct CrossValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-validate",
        abstract: "Train on all patients but some, evaluate on those, until every patient was evaluated once.",
        discussion: """
            Each fold is a run in OUTPUT/fold-1, OUTPUT/fold-2 and so on. The same command goes on where it was stopped; \
            finished folds are not trained again. The model after the last epoch is evaluated, as `evaluate` does it: with \
            --lung-model lungs first, and lesions only in or beside them. Slices of --medseg and --lung-slices train in \
            every fold, but for their validation and test slices. Neither a model of --from nor the lung model should have \
            been trained on the patients.
            """)

    @OptionGroup var training: TrainingOptions
    @OptionGroup var data: DataOptions
    @Option(help: "Groups of patients; as many as patients leave one out at a time.") var folds = 5
    @Option(help: "How patients of slices.tsv come into the groups: roundRobin or contiguous (neighbours together).")
    var dealing = PatientFolds.Dealing.roundRobin
    @OptionGroup var prediction: PredictionOptions
    @OptionGroup var device: DeviceOptions
    @Option(help: "Folder of the folds.") var output: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            guard data.volumes != nil else { throw ValidationError("Name the patients' folder: --volumes.") }
            try validate(on: try device.backend())
        }
    }

    private func validate<B: Backend>(on backend: B) throws {
        let sources = try data.sources(for: training.task, backend: backend)
        let patients = sources.volumes?.patients.map(\.volume.name) ?? []
        let validation = try CrossValidation(
            PatientFolds(patients, count: folds, dealing: dealing), of: sources,
            selection: data.selection(training.task, training.preparation), setup: training.setup(),
            output: URL(filePath: output), command: CommandLine.arguments.joined(separator: " "), backend: backend)
        for (index, group) in validation.folds.groups.enumerated() {
            StandardError.write("Fold \(index + 1) of \(folds): \(group.joined(separator: ", "))\n")
        }
        var progress = CrossValidationProgress(folds: folds)
        let result = try validation.run(labels(backend)) { progress.show($0) }
        try CrossValidationReport(result).print(json: json)
    }

    /// As `evaluate` labels.
    private func labels<B: Backend>(_ backend: B) throws -> CrossValidation<B>.Prediction {
        let lungs = try data.lungModel.map { try SegmentationModel.load($0) }
        let (task, options) = (training.task, prediction)
        let name = [
            options.raw ? "raw" : "cleaned", options.mirror ? "mirrored" : nil,
            try lungs.map { "lung model \(try $0.parameters.fingerprint())" },
        ].compactMap { $0 }.joined(separator: ", ")
        let segmenter = try lungs.map { try LungSegmenter($0, backend: backend) }
        return CrossValidation<B>.Prediction(name: name) { model in
            let predictor = try Predictor(model, task: task, lungs: segmenter, options: options, backend: backend)
            return { set in try predictor.labels(of: set, ct: set.volume.ct) }
        }
    }
}

struct Folds: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the figures of a cross-validation's finished folds, from what it stored.")

    @Argument(help: "Output folder of cross-validate.") var folder: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            try CrossValidationReport(CrossValidationResult(folder: URL(filePath: folder))).print(json: json)
        }
    }
}
