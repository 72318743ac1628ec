import Foundation
import Imaging
import NeuralNet
import Segmentation

/// The paper's experiments, one after the other, each in a folder of its own under `runs`. A finished run is not repeated; an
/// interrupted one goes on after its last whole epoch.
///
/// The protocol is the paper's: whole slices resized, no augmentation, cross-entropy with median-frequency class weights, Adam at
/// a constant rate, and the model after the last epoch, whichever was best on the validation slices. It is judged on whole test
/// slices at their own resolution.
public struct Study<B: Backend>: Sendable {
    public let data: StudyData
    public let settings: StudySettings
    public let output: URL
    private let backend: B
    private let command: String

    /// `command` is stored with every result, for the report.
    public init(data: StudyData, settings: StudySettings, output: URL, command: String, backend: B) {
        self.data = data
        self.settings = settings
        self.output = output
        self.command = command
        self.backend = backend
    }

    /// Runs what is not finished. An experiment that diverges ends, the others go on; the errors of those that did are returned.
    ///
    /// Throws `runMismatch` for a folder that holds a run of another recipe or other data, `cancelled`, `fileAccess`, `imaging`,
    /// `engine`.
    public func run(
        _ experiments: [PaperExperiment], _ observe: (StudyEvent) -> Void = { _ in }
    ) throws(TrainingError) -> [PaperExperiment: TrainingError] {
        var diverged: [PaperExperiment: TrainingError] = [:]
        for experiment in experiments {
            do {
                try run(experiment, observe)
            } catch  where error.code == .diverged {
                diverged[experiment] = error
                try StudyRunFolder(experiment, settings, output: output).save(divergence: "\(error)")
                observe(.diverged(experiment, error))
            }
        }
        return diverged
    }

    /// What a run costs beside others: multiply-adds of all its examples.
    public func cost(of experiment: PaperExperiment) throws(TrainingError) -> Double {
        let architecture = settings.architecture(of: experiment)
        let flops = try engine { () throws(NeuralNetError) in
            try architecture.network().flops(input: Shape(n: 1, h: settings.size, w: settings.size, c: 1))
        }
        return Double(flops) * Double(settings.epochs)
    }

    /// Whether there is nothing left to do. Throws `fileAccess` for a result that cannot be read.
    public func isFinished(_ experiment: PaperExperiment) throws(TrainingError) -> Bool {
        try StudyRunFolder(experiment, settings, output: output).result() != nil
    }

    // MARK: - One experiment

    private func run(_ experiment: PaperExperiment, _ observe: (StudyEvent) -> Void) throws(TrainingError) {
        let folder = StudyRunFolder(experiment, settings, output: output)
        let training = try data.training(experiment.task, size: settings.size)
        let recipe = try recipe(of: experiment, training)
        let identity = data.identity(training)
        if let finished = try folder.result() {
            guard finished.recipe == recipe, finished.data == identity else {
                throw TrainingError(
                    .runMismatch, subject: folder.path.path,
                    message: "The folder holds a finished run of another recipe or other data; choose another folder.")
            }
            try folder.removeCheckpoint()
            return observe(.alreadyFinished(finished))
        }
        observe(.started(experiment))
        let seconds = try train(recipe, training, folder) { observe(.training(experiment, $0)) }
        observe(.evaluating(experiment))
        let images = try evaluate(experiment, folder)
        let result = ExperimentResult(
            experiment: experiment, settings: settings, recipe: recipe, data: identity, images: images,
            provenance: ExperimentResult.Provenance(
                command: command, machine: Machine.description, finished: Date(), trainingSeconds: seconds,
                device: backend.description))
        try folder.save(divergence: nil)
        try folder.save(result)
        try folder.removeCheckpoint()
        observe(.finished(result))
    }

    private func recipe(
        of experiment: PaperExperiment, _ training: TrainingData
    ) throws(TrainingError) -> TrainingRecipe {
        TrainingRecipe(
            architecture: settings.architecture(of: experiment), epochs: settings.epochs,
            batchSize: experiment.setting.batchSize, learningRate: experiment.setting.learningRate,
            schedule: .constant, classWeights: try training.frequencies().medianFrequencyWeights,
            seed: experiment.seed)
    }

    /// Trains to the end and saves the last model; gives the seconds of all epochs.
    private func train(
        _ recipe: TrainingRecipe, _ data: TrainingData, _ folder: StudyRunFolder,
        _ observe: (TrainingEvent) -> Void
    ) throws(TrainingError) -> Double {
        let setup = TrainingSetup(
            task: data.selection.task, preparation: data.selection.preparation, recipe: recipe)
        try setup.trainer(data, folder: folder.path, backend: backend).saveLastModel(to: folder.lastFile, observe)
        return try RunFolder.history(in: folder.path).reduce(0) { $0 + $1.seconds }
    }

    private func evaluate(
        _ experiment: PaperExperiment, _ folder: StudyRunFolder
    ) throws(TrainingError) -> [ExperimentResult.Image] {
        let segmenter = try engine { () throws(NeuralNetError) in
            try VolumeSegmenter(
                SegmentationModel.load(folder.lastFile.path, architecture: settings.architecture(of: experiment)),
                backend: backend)
        }
        let task = experiment.task.segmentation
        var evaluation = Evaluation(classes: task.classes)
        let slices = data.testSlices
        let predicted = try evaluation.add(data.volume, slices: slices, task: task, segmenter: segmenter)
        try folder.save(predictions: predicted)
        return zip(slices, evaluation.images).map { ExperimentResult.Image(slice: $0, confusion: $1.rows) }
    }
}

/// What a study tells of itself while it goes on.
public enum StudyEvent: Hashable, Sendable {
    case alreadyFinished(ExperimentResult)
    case started(PaperExperiment)
    case training(PaperExperiment, TrainingEvent)
    case evaluating(PaperExperiment)
    case finished(ExperimentResult)
    case diverged(PaperExperiment, TrainingError)
}
