import Foundation

/// What an experiment came to on the test slices: `evaluation.json` in the run's folder. It holds every image's confusion matrix,
/// so that all tables can be made again without running the network.
public struct ExperimentResult: Hashable, Sendable, Codable {
    /// A test slice, whole and at its own resolution.
    public struct Image: Hashable, Sendable, Codable {
        /// Which slice of the stack, from 0.
        public let slice: Int
        /// Pixels; a row per actual class, a column per predicted one.
        public let confusion: [[Int]]

        package init(slice: Int, confusion: [[Int]]) {
            self.slice = slice
            self.confusion = confusion
        }
    }

    /// Under which circumstances the run was made.
    public struct Provenance: Hashable, Sendable, Codable {
        public let command: String
        public let machine: String
        public let finished: Date
        /// Of training and validation, all epochs.
        public let trainingSeconds: Double
        /// What computed the test slices' labels, and how precisely; nil in results that do not say it.
        public let device: String?

        package init(
            command: String, machine: String, finished: Date, trainingSeconds: Double, device: String? = nil
        ) {
            self.device = device
            self.command = command
            self.machine = machine
            self.finished = finished
            self.trainingSeconds = trainingSeconds
        }
    }

    public let experiment: PaperExperiment
    public let settings: StudySettings
    public let recipe: TrainingRecipe
    /// Names the training, validation and test slices by their content.
    public let data: String
    public let images: [Image]
    public let provenance: Provenance

    package init(
        experiment: PaperExperiment, settings: StudySettings, recipe: TrainingRecipe, data: String, images: [Image],
        provenance: Provenance
    ) {
        self.experiment = experiment
        self.settings = settings
        self.recipe = recipe
        self.data = data
        self.images = images
        self.provenance = provenance
    }

    /// All images' figures. Throws `invalidArgument`, `shapeMismatch` for matrices that are none of the task.
    public func evaluation() throws(TrainingError) -> Evaluation {
        var evaluation = Evaluation(classes: experiment.task.segmentation.classes)
        for image in images { try evaluation.add(ConfusionMatrix(rows: image.confusion)) }
        return evaluation
    }

    /// Dice of infected pixels, of whatever kind, in an image; nil where there are none and none were predicted.
    static func infectedDice(_ image: Image) -> Double? {
        guard let matrix = try? ConfusionMatrix(rows: image.confusion) else { return nil }
        // Infected against the rest is background against the rest, seen from the other side.
        let background = matrix.scores(of: 0)
        return ClassScores(
            truePositives: background.trueNegatives, falsePositives: background.falseNegatives,
            falseNegatives: background.falsePositives, trueNegatives: background.truePositives
        ).dice
    }
}

/// The best experiment of a network at a task.
extension ExperimentResult {
    /// The highest mean global accuracy over the test slices, as the paper chooses; on a tie the earlier experiment. It is chosen
    /// and reported on the same slices, which flatters it.
    public static func best(of results: [ExperimentResult]) throws(TrainingError) -> ExperimentResult? {
        var best: (result: ExperimentResult, accuracy: Double)?
        for result in results.sorted(by: { $0.experiment.number < $1.experiment.number }) {
            guard let accuracy = try result.evaluation().globalAccuracy.mean else { continue }
            if accuracy > best?.accuracy ?? -1 { best = (result, accuracy) }
        }
        return best?.result
    }
}
