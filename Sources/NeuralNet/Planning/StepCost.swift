/// Arithmetic of a step.
extension Step {
    /// Floating-point operations, a multiplication and an addition counted as two; only products of matrices are counted,
    /// as the field does.
    func flops(network: Network, shapes: [Shape]) -> Int {
        let output = shapes[self.output]
        switch kind {
        case .convolution(let kernel, _, _):
            return 2 * kernel * kernel * shapes[inputs[0]].c * output.count
        case .transposedConvolution:
            return 2 * shapes[inputs[0]].c * output.count
        default:
            return 0
        }
    }
}

/// One row of a plan's description.
public struct PlannedLayer: Hashable, Sendable {
    /// The layer's name, and those of the layers fused with it, such as `encoder.0.conv1 + encoder.0.norm1 + relu#3`.
    public let name: String
    /// What is computed, such as `convolution 3×3`.
    public let kind: String
    /// How, such as `Winograd F(4×4)`; nil where there is one way only.
    public let algorithm: String?
    public let input: Shape
    public let output: Shape
    /// Floating-point operations of matrix products, multiplication and addition counted as two.
    public let flops: Int
    /// Bytes of weights as they are kept for this layer, of scratch memory while it runs, and of its output.
    public let weightBytes: Int
    public let scratchBytes: Int
    public let outputBytes: Int
}

extension Network {
    /// Floating-point operations of one pass over an input; throws as `shapes(input:)`.
    public func flops(input: Shape) throws(NeuralNetError) -> Int {
        let shapes = try shapes(input: input)
        return StepList(self, mode: .inference).steps.reduce(0) { $0 + $1.flops(network: self, shapes: shapes) }
    }
}
