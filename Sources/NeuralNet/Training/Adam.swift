/// Adam as published (Kingma & Ba 2015, Algorithm 1, with bias correction), with optional coupled L2 regularisation and
/// clipping of the gradient's norm.
public struct Adam: Hashable, Sendable {
    /// Decay of the first and of the second moment.
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float
    /// Adds l2 · p to the gradient of p. This is PyTorch's `weight_decay` of `torch.optim.Adam`, and MATLAB's
    /// `L2Regularization`.
    public var l2: Float
    /// Which parameters `l2` applies to.
    public var l2Scope: L2Scope
    /// Gradients whose global L2 norm exceeds this are scaled by clipNorm / (norm + 1e-6), before `l2` is added.
    public var clipNorm: Float?

    public enum L2Scope: String, Hashable, Sendable, CaseIterable {
        /// Every parameter, as in PyTorch.
        case all
        /// Convolution weights only; biases and normalisations are left alone.
        case weights
    }

    public init(
        beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, l2: Float = 0, l2Scope: L2Scope = .all,
        clipNorm: Float? = nil
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.l2 = l2
        self.l2Scope = l2Scope
        self.clipNorm = clipNorm
    }

    /// The factor that clips a gradient of this norm.
    func gradientScale(norm: Double) -> Float {
        guard let clipNorm else { return 1 }
        return Float(min(1, Double(clipNorm) / (norm + 1e-6)))
    }

    /// Throws `invalidArgument` when a number is out of range.
    func check() throws(NeuralNetError) {
        let fits =
            beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && epsilon.isFinite && l2 >= 0
            && l2.isFinite && clipNorm.map { $0 > 0 && $0.isFinite } ?? true
        guard fits else {
            throw NeuralNetError(
                .invalidArgument, operation: "Adam",
                message: "Betas must lie in 0 ..< 1, epsilon and the clipping norm above 0, L2 at least 0: \(self).")
        }
    }
}
