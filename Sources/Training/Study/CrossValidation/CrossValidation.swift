import Foundation
import Imaging
import NeuralNet
import Segmentation

/// Patient-wise cross-validation: every patient is evaluated once, by a model that was trained on the patients of all other
/// folds and on whatever else there is to train on. Each fold is a run in a folder of its own, `fold-1`, `fold-2`, ….
///
/// Nothing is chosen by validation within a fold: the model after the last epoch is evaluated.
public struct CrossValidation<B: Backend>: Sendable {
    /// How a model's labels of a patient come about.
    public struct Prediction: Sendable {
        /// For the record; folds that were evaluated in another way are evaluated again.
        public let name: String
        /// A labeller made from a fold's model.
        public let labeller: @Sendable (SegmentationModel) throws -> (EvaluationSet) throws -> LabelVolume

        public init(
            name: String,
            labeller: @escaping @Sendable (SegmentationModel) throws -> (EvaluationSet) throws -> LabelVolume
        ) {
            self.name = name
            self.labeller = labeller
        }
    }

    public let folds: PatientFolds
    private let setup: TrainingSetup
    private let sources: TrainingSources
    private let selection: TrainingData.Selection
    private let patients: [String: LesionVolumes.Patient]
    private let output: URL
    private let command: String
    private let backend: B

    /// `selection` says what is taken of the sources; its validation and test volumes are left to the folds. `command` is
    /// stored with every result.
    ///
    /// Throws `invalidArgument` for a multi-class task, since the kind of patients' lesions is not known, for sources without
    /// patients and for folds that do not name all patients once.
    public init(
        _ folds: PatientFolds, of sources: TrainingSources, selection: TrainingData.Selection, setup: TrainingSetup,
        output: URL, command: String, backend: B
    ) throws(TrainingError) {
        let all = sources.volumes?.patients ?? []
        let names = all.map(\.volume.name)
        guard setup.task != .multiclass, selection.task == setup.task, !all.isEmpty,
            folds.groups.joined().sorted() == names.sorted()
        else {
            throw TrainingError(
                .invalidArgument, subject: "cross-validation",
                message:
                    "Folds need a binary or lung task and all of the patients \(names), each once; they have the task "
                    + "\(setup.task.rawValue) and the patients \(folds.groups).")
        }
        self.folds = folds
        self.setup = setup
        self.sources = sources
        self.selection = selection
        patients = Dictionary(zip(names, all)) { first, _ in first }
        self.output = output
        self.command = command
        self.backend = backend
    }

    /// Runs what is not finished, one fold after the other, and gives all folds' results together.
    ///
    /// Throws `runMismatch` for a folder that holds a run of another recipe or other data, `diverged`, `cancelled`,
    /// `fileAccess`, `imaging`, `engine`; finished folds and epochs are kept.
    public func run(
        _ prediction: Prediction, _ observe: (CrossValidationEvent) -> Void = { _ in }
    ) throws(TrainingError) -> CrossValidationResult {
        var results: [FoldResult] = []
        for fold in folds.groups.indices { results.append(try run(fold, prediction, observe)) }
        return try CrossValidationResult(results)
    }

    // MARK: - One fold

    private func run(
        _ index: Int, _ prediction: Prediction, _ observe: (CrossValidationEvent) -> Void
    ) throws(TrainingError) -> FoldResult {
        let fold = index + 1
        let folder = FoldRunFolder(fold: fold, output: output)
        let sets = try evaluationSets(of: folds.groups[index])
        let data = try trainingData(without: folds.groups[index])
        let recipe = try setup.recipe(for: data)
        let identity = "\(setup.identity(of: data)); evaluated on \(fingerprint(of: sets))"
        if let finished = try folder.result() {
            guard finished.recipe == recipe, finished.data == identity, finished.fold == fold,
                finished.folds == folds.groups.count
            else {
                throw TrainingError(
                    .runMismatch, subject: folder.path.path,
                    message: "The folder holds a finished fold of another recipe or other data; choose another folder.")
            }
            try folder.removeCheckpoint()
            if finished.prediction == prediction.name {
                observe(.alreadyFinished(finished))
                return finished
            }
        }
        observe(.started(fold: fold, patients: folds.groups[index], trainingSlices: data.training.count))
        try setup.trainer(data, validating: false, folder: folder.path, backend: backend)
            .saveLastModel(to: folder.lastFile) { observe(.training(fold: fold, $0)) }
        observe(.evaluating(fold: fold))
        let result = FoldResult(
            fold: fold, folds: folds.groups.count, task: setup.task, recipe: recipe, data: identity,
            prediction: prediction.name, patients: try evaluate(sets, recipe, folder, prediction),
            provenance: ExperimentResult.Provenance(
                command: command, machine: Machine.description, finished: Date(),
                trainingSeconds: try RunFolder.history(in: folder.path).reduce(0) { $0 + $1.seconds },
                device: backend.description))
        try folder.save(result)
        try folder.removeCheckpoint()
        observe(.finished(result))
        return result
    }

    /// Everything but a fold's patients.
    package func trainingData(without group: [String]) throws(TrainingError) -> TrainingData {
        var selection = selection
        selection.validationVolumes = []
        selection.testVolumes = group
        return try sources.data(selection)
    }

    private func evaluationSets(of group: [String]) throws(TrainingError) -> [EvaluationSet] {
        try group.map { name throws(TrainingError) in
            guard let set = try patients[name]?.evaluationSet(for: setup.task) else {
                throw TrainingError(
                    .malformedDataSet, subject: name, message: "The patient has no \(setup.task.rawValue) labels.")
            }
            return set
        }
    }

    private func evaluate(
        _ sets: [EvaluationSet], _ recipe: TrainingRecipe, _ folder: FoldRunFolder, _ prediction: Prediction
    ) throws(TrainingError) -> [FoldResult.Patient] {
        let model = try engine { () throws(NeuralNetError) in
            try SegmentationModel.load(folder.lastFile.path, architecture: recipe.architecture)
        }
        let labels: (EvaluationSet) throws -> LabelVolume
        do {
            labels = try prediction.labeller(model)
        } catch let error as NeuralNetError {
            throw TrainingError(engine: error)
        } catch {
            labels = try imaging("cross-validation") { throw error }
        }
        return try sets.map { set throws(TrainingError) in
            var evaluation = Evaluation(classes: setup.task.classes)
            try evaluation.add(set, task: setup.task) { _ in try labels(set) }
            return FoldResult.Patient(
                name: set.volume.name,
                images: zip(set.slices, evaluation.images).map {
                    ExperimentResult.Image(slice: $0, confusion: $1.rows)
                })
        }
    }

    private func fingerprint(of sets: [EvaluationSet]) -> String {
        var hash = ContentHash()
        for set in sets {
            for byte in set.volume.name.utf8 { hash.mix(UInt64(byte)) }
            for k in set.slices { hash.mix(UInt64(k)) }
            for value in set.volume.ct.voxels { hash.mix(UInt64(UInt16(bitPattern: value))) }
            for label in set.volume.labels.voxels { hash.mix(UInt64(label)) }
        }
        return "\(sets.count) patients, \(hash.text)"
    }
}

/// What a cross-validation tells of itself while it goes on; folds count from 1.
public enum CrossValidationEvent: Hashable, Sendable {
    case alreadyFinished(FoldResult)
    case started(fold: Int, patients: [String], trainingSlices: Int)
    case training(fold: Int, TrainingEvent)
    case evaluating(fold: Int)
    case finished(FoldResult)
}
