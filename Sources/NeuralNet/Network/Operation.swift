/// What one node of a network computes. Activations are N×H×W×C.
public enum Operation: Hashable, Sendable {
    /// The network's input.
    case input
    /// Convolution with stride 1 and same padding of zeros: N×H×W×I → N×H×W×O. `kernel` is 1 or 3.
    case convolution(kernel: Int, bias: Bool)
    /// 2×2 transposed convolution with stride 2 and bias: N×H×W×I → N×2H×2W×O.
    case transposedConvolution
    /// Batch normalisation per channel (Ioffe & Szegedy 2015).
    case batchNormalization(BatchNormalization)
    /// max(x, 0).
    case relu
    /// 2×2 max-pooling with stride 2: N×H×W×C → N×H/2×W/2×C. It also yields where each maximum was.
    case maxPool
    /// Puts each value back where node `pool` found its maximum, zeros elsewhere: N×H×W×C → N×2H×2W×C
    /// (Badrinarayanan et al. 2017).
    case maxUnpool(pool: Int)
    /// The channels of all inputs one after the other.
    case concatenation
    /// In training, each value becomes 0 with probability `rate`, the others grow by 1/(1 − rate); else the identity.
    case dropout(rate: Float)
    /// Softmax over the channels.
    case softmax

    /// A word for tables and messages.
    public var kind: String {
        switch self {
        case .input: "input"
        case .convolution(let kernel, _): "convolution \(kernel)×\(kernel)"
        case .transposedConvolution: "transposed convolution 2×2"
        case .batchNormalization: "batch normalization"
        case .relu: "ReLU"
        case .maxPool: "max-pool 2×2"
        case .maxUnpool: "max-unpool 2×2"
        case .concatenation: "concatenation"
        case .dropout: "dropout"
        case .softmax: "softmax"
        }
    }
}

/// The constants of a batch normalisation, PyTorch's unless stated.
public struct BatchNormalization: Hashable, Sendable {
    /// Added to the variance before its root is taken.
    public let epsilon: Float
    /// The weight of a new batch in the running statistics.
    public let momentum: Float

    public init(epsilon: Float = 1e-5, momentum: Float = 0.1) {
        self.epsilon = epsilon
        self.momentum = momentum
    }
}
