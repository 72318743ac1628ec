import Foundation

/// What a fold's model came to on its patients: `evaluation.json` in the fold's folder, with every slice's confusion matrix, so
/// that tables are made again without data or a network.
public struct FoldResult: Hashable, Sendable, Codable {
    /// A patient whom the fold's model has never seen.
    public struct Patient: Hashable, Sendable, Codable {
        public let name: String
        /// Slices, whole and at their own resolution.
        public let images: [ExperimentResult.Image]

        package init(name: String, images: [ExperimentResult.Image]) {
            self.name = name
            self.images = images
        }

        /// Throws `invalidArgument`, `shapeMismatch` for matrices that are none of the task.
        public func evaluation(of task: SegmentationTask) throws(TrainingError) -> Evaluation {
            var evaluation = Evaluation(classes: task.classes)
            for image in images { try evaluation.add(ConfusionMatrix(rows: image.confusion)) }
            return evaluation
        }
    }

    /// Counts from 1.
    public let fold: Int
    public let folds: Int
    public let task: SegmentationTask
    public let recipe: TrainingRecipe
    /// Names training slices, augmentation and the evaluated slices by their content.
    public let data: String
    /// How labels came about from the model.
    public let prediction: String
    public let patients: [Patient]
    public let provenance: ExperimentResult.Provenance

    package init(
        fold: Int, folds: Int, task: SegmentationTask, recipe: TrainingRecipe, data: String, prediction: String,
        patients: [Patient], provenance: ExperimentResult.Provenance
    ) {
        self.fold = fold
        self.folds = folds
        self.task = task
        self.recipe = recipe
        self.data = data
        self.prediction = prediction
        self.patients = patients
        self.provenance = provenance
    }

    /// What all folds of a cross-validation have in common; class weights follow from each fold's slices.
    var setting: Setting {
        var recipe = recipe
        recipe.classWeights = nil
        return Setting(folds: folds, task: task, recipe: recipe, prediction: prediction)
    }

    struct Setting: Hashable {
        let folds: Int
        let task: SegmentationTask
        let recipe: TrainingRecipe
        let prediction: String
    }
}
