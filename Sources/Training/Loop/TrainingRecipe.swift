import NeuralNet
import Segmentation

/// Everything that decides a run's result beside its data; stored with the run, so that it can be resumed and repeated.
public struct TrainingRecipe: Hashable, Sendable, Codable {
    /// How the learning rate changes over the run.
    public enum Schedule: String, Hashable, Sendable, Codable, CaseIterable {
        case constant, cosine, oneCycle
    }

    public var architecture: ArchitectureDescription
    public var epochs: Int
    public var batchSize: Int
    /// The initial learning rate, or the largest of `oneCycle`.
    public var learningRate: Double
    public var schedule: Schedule
    /// Cross-entropy's weight per class; nil for ones.
    public var classWeights: [Float]?
    public var crossEntropyWeight: Float
    public var diceWeight: Float
    /// Pixels with this label do not count.
    public var ignoredLabel: UInt8?
    /// Coupled L2 on convolution weights, as MATLAB's `L2Regularization`.
    public var l2: Float
    public var clipNorm: Float?
    public var initialization: Initialization
    /// Of the weights, the order of examples, and dropout.
    public var seed: UInt64
    /// Names the model whose weights the run starts with, where names and shapes agree; nil for fresh weights.
    public var startingModel: String?

    public init(
        architecture: ArchitectureDescription, epochs: Int, batchSize: Int, learningRate: Double,
        schedule: Schedule = .constant, classWeights: [Float]? = nil, crossEntropyWeight: Float = 1,
        diceWeight: Float = 0,
        ignoredLabel: UInt8? = nil, l2: Float = 0, clipNorm: Float? = nil, initialization: Initialization = .he,
        seed: UInt64 = 0, startingModel: String? = nil
    ) {
        self.architecture = architecture
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.schedule = schedule
        self.classWeights = classWeights
        self.crossEntropyWeight = crossEntropyWeight
        self.diceWeight = diceWeight
        self.ignoredLabel = ignoredLabel
        self.l2 = l2
        self.clipNorm = clipNorm
        self.initialization = initialization
        self.seed = seed
        self.startingModel = startingModel
    }

    func options(batchesPerEpoch: Int) -> (Loss, Adam, LearningRateSchedule) {
        let loss = Loss(
            crossEntropyWeight: crossEntropyWeight, diceWeight: diceWeight, classWeights: classWeights,
            ignoredLabel: ignoredLabel)
        let steps = max(1, epochs * batchesPerEpoch)
        let rates: LearningRateSchedule =
            switch schedule {
            case .constant: .constant(learningRate)
            case .cosine: .cosine(initial: learningRate, steps: steps)
            case .oneCycle: .oneCycle(maximum: learningRate, steps: steps)
            }
        return (loss, Adam(l2: l2, l2Scope: .weights, clipNorm: clipNorm), rates)
    }

    /// Throws `invalidArgument` for numbers no run can have.
    func check(examples: Int) throws(TrainingError) {
        guard epochs >= 1, batchSize >= 1, learningRate > 0, learningRate.isFinite else {
            throw TrainingError(
                .invalidArgument, subject: "recipe",
                message: "Epochs and batch size must be at least 1 and the learning rate above 0: \(epochs), "
                    + "\(batchSize), \(learningRate).")
        }
        guard examples >= batchSize else {
            throw TrainingError(
                .invalidArgument, subject: "recipe",
                message: "A batch of \(batchSize) needs at least as many examples, but there are \(examples).")
        }
    }
}
