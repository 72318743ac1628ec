/// One call of a training step, for tables.
public struct PlannedCall: Hashable, Sendable {
    /// The layer's name.
    public let name: String
    /// What is computed, such as `convolution 3×3, gradient of weights`.
    public let kind: String
    /// Floating-point operations of the matrix products it stands for, multiplication and addition counted as two.
    public let flops: Int
    public let scratchBytes: Int
}

extension TrainingPlan {
    /// Every call of a step in order: forward pass, loss, backward pass. The optimiser's are not among them.
    public var calls: [PlannedCall] {
        steps.enumerated().map { number, step in
            PlannedCall(
                name: names[step.node], kind: step.title, flops: step.flops,
                scratchBytes: place(.scratch(number)).bytes)
        }
    }
}

extension TrainingStep {
    fileprivate var title: String {
        switch kind {
        case .convolution3x3: "convolution 3×3"
        case .convolution1x1: "convolution 1×1"
        case .transposedConvolution: "transposed convolution"
        case .batchNormalization: "batch normalization"
        case .scaleShift: "batch normalization, running statistics"
        case .relu: "ReLU"
        case .maxPool: "max-pool"
        case .maxUnpool: "max-unpool"
        case .copy: "copy"
        case .dropout: "dropout"
        case .softmax: "softmax"
        case .loss: "loss and its gradient"
        case .objective: "objective and its gradient"
        case .reluBackward: "ReLU, gradient"
        case .batchNormBackward: "batch normalization, gradients"
        case .scaleGradient: "batch normalization, gradient of input"
        case .biasGradient: "gradient of bias"
        case .convolution3x3WeightGradient: "convolution 3×3, gradient of weights"
        case .convolution3x3DataGradient: "convolution 3×3, gradient of input"
        case .convolution1x1WeightGradient: "convolution 1×1, gradient of weights"
        case .convolution1x1DataGradient: "convolution 1×1, gradient of input"
        case .transposedGradients: "transposed convolution, gradients"
        case .transposedDataGradient: "transposed convolution, gradient of input"
        case .maxPoolBackward: "max-pool, gradient"
        case .maxUnpoolBackward: "max-unpool, gradient"
        case .dropoutBackward: "dropout, gradient"
        case .softmaxBackward: "softmax, gradient"
        case .copyGradient: "copy of gradient"
        case .addGradient: "sum of gradients"
        }
    }

    /// A gradient of a product takes as many operations as the product.
    fileprivate var flops: Int {
        guard let input = (x ?? gx)?.shape, let output = (y ?? gy)?.shape else { return 0 }
        switch kind {
        case .convolution3x3, .convolution3x3WeightGradient, .convolution3x3DataGradient:
            return 18 * input.c * output.count
        case .convolution1x1, .convolution1x1WeightGradient, .convolution1x1DataGradient, .transposedConvolution,
            .transposedDataGradient:
            return 2 * input.c * output.count
        case .transposedGradients:
            return (gx == nil ? 2 : 4) * input.c * output.count
        default:
            return 0
        }
    }
}
