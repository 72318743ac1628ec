import Foundation
import NeuralNet
import Segmentation

/// How a network is trained, whatever its slices: one setup makes the runs of all folds of a cross-validation.
public struct TrainingSetup: Sendable {
    public var task: SegmentationTask
    public var preparation: InputPreparation
    /// Without class weights, which follow from the slices, and without the starting model's name.
    public var recipe: TrainingRecipe
    /// Whether classes are weighted by median frequency; ones otherwise.
    public var weighsClasses: Bool
    public var augmentation: Augmentation
    /// Gives a run its first weights where names and shapes agree; `name` is for the record.
    public var start: (name: String, model: SegmentationModel)?

    public init(
        task: SegmentationTask, preparation: InputPreparation, recipe: TrainingRecipe, weighsClasses: Bool = true,
        augmentation: Augmentation = .none, start: (name: String, model: SegmentationModel)? = nil
    ) {
        self.task = task
        self.preparation = preparation
        self.recipe = recipe
        self.weighsClasses = weighsClasses
        self.augmentation = augmentation
        self.start = start
    }

    /// The recipe for these slices. Throws `labelOutOfRange`, `engine`.
    public func recipe(for data: TrainingData) throws(TrainingError) -> TrainingRecipe {
        var recipe = recipe
        recipe.classWeights = weighsClasses ? try data.frequencies().medianFrequencyWeights : nil
        recipe.startingModel = try start.map { start throws(TrainingError) in
            let fingerprint = try engine { () throws(NeuralNetError) in try start.model.parameters.fingerprint() }
            return "\(start.name), \(fingerprint)"
        }
        return recipe
    }

    /// What a run's folder knows its slices by.
    public func identity(of data: TrainingData) -> String {
        var changes = augmentation
        changes.effusion = 0
        let effusions = augmentation.effusion > 0 ? ", effusions \(augmentation.effusion)" : ""
        let kind = changes == .none ? "plain" : changes == .standard ? "augmented" : "augmented by \(changes)"
        return "\(data.fingerprint), \(kind)\(effusions)"
    }

    /// A run in `folder`, or its continuation. `validating` false leaves the validation slices out: the last model counts.
    /// Throws what `recipe(for:)`, `AugmentedSlices` and `Trainer` throw.
    public func trainer<B: Backend>(
        _ data: TrainingData, validating: Bool = true, folder: URL, backend: B
    ) throws(TrainingError) -> Trainer<B> {
        let (height, width) = (preparation.height, preparation.width)
        let training = try AugmentedSlices(
            data.training, height: height, width: width, augmentation: augmentation, seed: recipe.seed)
        // The same effusions in every epoch: validation always asks for epoch 0.
        let validation =
            validating && !data.validation.isEmpty
            ? try AugmentedSlices(
                data.validation, height: height, width: width,
                augmentation: Augmentation(effusion: augmentation.effusion), seed: recipe.seed) : nil
        return try Trainer(
            recipe: try recipe(for: data), training: training, validation: validation, data: identity(of: data),
            folder: folder, metadata: preparation.metadata.merging(["task": task.rawValue]) { $1 },
            startingModel: start?.model, backend: backend)
    }
}
