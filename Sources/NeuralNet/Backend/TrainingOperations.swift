/// What training needs beside inference: statistics, gradients of layers, losses.
public protocol TrainingOperations: DeviceMemory {
    /// Scratch bytes of the operations over channels below.
    func channelScratchBytes(channels: Int) -> Int
    /// Mean and biased variance of each channel over all pixels.
    func channelMoments(x: View, mean: Slice, variance: Slice, scratch: Slice)
    /// Sum of each channel over all pixels: a bias's gradient.
    func channelSums(x: View, sums: Slice, scratch: Slice)

    /// What `scaleShift` needs to normalise with these moments: inverseStd = 1/√(variance + ε), scale = γ·inverseStd,
    /// shift = β − mean·scale; one float per channel each.
    func batchNormConstants(
        mean: Slice, variance: Slice, gamma: Slice, beta: Slice, epsilon: Float, inverseStd: Slice, scale: Slice,
        shift: Slice)
    /// running += momentum · (batch − running), where the batch's variance becomes unbiased over `pixels` values. Nothing
    /// where `failures` (an Int64) is above 0 when it runs.
    func updateRunningStatistics(
        mean: Slice, variance: Slice, pixels: Int, momentum: Float, runningMean: Slice, runningVariance: Slice,
        unless failures: Slice?)
    /// Backward pass of a training batch normalisation, and of the ReLU behind it when `relu`. x is its input, gy the
    /// gradient behind the ReLU; gx may be gy.
    func batchNormBackward(
        x: View, mean: Slice, inverseStd: Slice, gamma: Slice, beta: Slice, relu: Bool, gy: View, gx: View,
        gammaGradient: Slice, betaGradient: Slice, scratch: Slice)

    /// gx = gy where y > 0, else 0; gx may be gy.
    func reluBackward(y: View, gy: View, gx: View)
    /// y = x at the winners: the gradient of max-unpooling.
    func maxGather(x: View, indices: Slice, y: View)
    /// y = x / (1 − rate) or 0, a function of (seed, element) alone; x and y may be the same.
    func dropout(x: View, rate: Float, seed: UInt64, y: View)
    /// gx = y ⊙ (gy − Σ_c y·gy), the gradient of softmax over channels from its output y; gx may be gy.
    func softmaxBackward(y: View, gy: View, gx: View)
    /// y += x.
    func add(x: View, y: View)

    /// Scratch bytes of `loss`.
    func lossScratchBytes(logits: Shape) -> Int
    /// Computes the loss of `logits` for `labels` (N×H×W bytes) and the gradient with respect to the logits, into
    /// `result` of `lossResultBytes`.
    func loss(logits: View, labels: Slice, options: LossOptions<Buffer>, gradient: View, result: Slice, scratch: Slice)
    /// Bytes of a loss result on the device.
    var lossResultBytes: Int { get }
    /// The loss result that these bytes of the device hold.
    func lossResult(_ bytes: UnsafeRawBufferPointer) -> LossResult
}

extension TrainingOperations {
    /// Waits for the work so far and reads a loss result.
    package func readLoss(_ result: Slice) throws(NeuralNetError) -> LossResult {
        let bytes = try downloadBytes(result)
        return bytes.withUnsafeBytes { lossResult($0) }
    }

    package func updateRunningStatistics(
        mean: Slice, variance: Slice, pixels: Int, momentum: Float, runningMean: Slice, runningVariance: Slice
    ) {
        updateRunningStatistics(
            mean: mean, variance: variance, pixels: pixels, momentum: momentum, runningMean: runningMean,
            runningVariance: runningVariance, unless: nil)
    }
}

/// A loss as a backend sees it; `Loss` is the public face.
public struct LossOptions<Buffer: Sendable>: Sendable {
    /// One float per class, or nil for ones.
    public let classWeights: DeviceSlice<Buffer>?
    /// The label of pixels that do not count, or nil.
    public let ignoredLabel: UInt8?
    public let crossEntropyWeight: Float
    public let diceWeight: Float
    /// The gradient's factor: loss scaling, where activations are float16. The loss itself is not scaled.
    public let gradientScale: Float

    public init(
        classWeights: DeviceSlice<Buffer>?, ignoredLabel: UInt8?, crossEntropyWeight: Float, diceWeight: Float,
        gradientScale: Float = 1
    ) {
        self.classWeights = classWeights
        self.ignoredLabel = ignoredLabel
        self.crossEntropyWeight = crossEntropyWeight
        self.diceWeight = diceWeight
        self.gradientScale = gradientScale
    }

    func scaling(_ factor: Float) -> LossOptions {
        LossOptions(
            classWeights: classWeights, ignoredLabel: ignoredLabel, crossEntropyWeight: crossEntropyWeight,
            diceWeight: diceWeight, gradientScale: factor)
    }
}

/// The value of a loss over one batch.
public struct LossResult: Hashable, Sendable {
    /// What is minimised: the weighted sum of the two below.
    public let loss: Double
    /// Mean cross-entropy, weighted by class as PyTorch's; 0 where its weight is 0.
    public let crossEntropy: Double
    /// Soft Dice loss; 0 where its weight is 0.
    public let diceLoss: Double
    /// Pixels that counted.
    public let countedPixels: Int
    /// Pixels whose label is neither a class nor the ignored one; above 0, nothing else is valid.
    public let badLabels: Int

    public init(loss: Double, crossEntropy: Double, diceLoss: Double, countedPixels: Int, badLabels: Int) {
        self.loss = loss
        self.crossEntropy = crossEntropy
        self.diceLoss = diceLoss
        self.countedPixels = countedPixels
        self.badLabels = badLabels
    }
}

/// The optimiser's part of a step.
public protocol OptimizerOperations: DeviceMemory {
    /// One Adam step over arrays of equal length; the gradient used is gradientScale·g + l2·p. Nothing where `failures` (an
    /// Int64) is above 0 when it runs.
    func adam(
        parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep,
        unless failures: Slice?)
    /// Σ x² in double precision, into `sum`.
    func sumOfSquares(_ x: Slice, into sum: Slice)
    /// Adds 1 to the report's failures where the step must not be taken.
    func judge(_ report: StepReport<Buffer>)
}

/// What a device finds of a training step; the host may look at it later.
public struct StepReport<Buffer: Sendable>: Sendable {
    public typealias Slice = DeviceSlice<Buffer>

    /// Of `TrainingOperations.loss`: a label that is no class or a loss that is not finite is a failure.
    public let loss: Slice
    /// Σ of the squared gradients, a Double: a failure where it is not finite.
    public let squares: Slice
    /// How many values of the input are not finite, an Int64: a failure above 0.
    public let badInputs: Slice
    /// Steps that were not to be taken since the host last set it to 0, an Int64.
    public let failures: Slice

    public init(loss: Slice, squares: Slice, badInputs: Slice, failures: Slice) {
        self.loss = loss
        self.squares = squares
        self.badInputs = badInputs
        self.failures = failures
    }
}

extension OptimizerOperations {
    package func adam(
        parameters: Slice, gradients: Slice, firstMoment: Slice, secondMoment: Slice, step: AdamStep
    ) {
        adam(
            parameters: parameters, gradients: gradients, firstMoment: firstMoment, secondMoment: secondMoment,
            step: step, unless: nil)
    }
}

/// The numbers of one Adam step (Kingma & Ba 2015, Algorithm 1).
public struct AdamStep: Hashable, Sendable {
    public let learningRate, beta1, beta2, epsilon: Float
    /// Coupled L2 regularisation: added to the gradient as l2·p.
    public let l2: Float
    /// The gradient's factor, for clipping.
    public let gradientScale: Float
    /// Counts from 1.
    public let step: Int

    public init(
        learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, l2: Float, gradientScale: Float, step: Int
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.l2 = l2
        self.gradientScale = gradientScale
        self.step = step
    }
}
