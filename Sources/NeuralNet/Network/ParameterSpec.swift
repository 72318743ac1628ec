/// One parameter of a network: PyTorch's name and shape, and what the engine needs to know of it.
public struct ParameterSpec: Hashable, Sendable {
    /// What a parameter is for.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        case weight, bias, gamma, beta, runningMean, runningVariance, batchesTracked

        /// Whether the optimiser changes it.
        public var isTrainable: Bool {
            switch self {
            case .weight, .bias, .gamma, .beta: true
            case .runningMean, .runningVariance, .batchesTracked: false
            }
        }
    }

    /// How PyTorch orders the elements.
    public enum Layout: Hashable, Sendable {
        /// Out, in, kernel rows, kernel columns.
        case convolution
        /// In, out, kernel rows, kernel columns.
        case transposedConvolution
        /// One value per channel.
        case channels
        /// One 64-bit integer.
        case scalar
    }

    /// The name in PyTorch's `state_dict`, for example `encoder.0.conv1.weight`.
    public let name: String
    /// PyTorch's shape; empty for a scalar.
    public let shape: [Int]
    public let role: Role
    public let layout: Layout
    /// Values that flow into one output value, and output values one input value flows into, for initialisation.
    public let fanIn: Int
    public let fanOut: Int
    /// The node it belongs to.
    public let node: Int

    /// Elements.
    public var count: Int { shape.reduce(1, *) }

    /// The parameters of node `index`, in PyTorch's order.
    static func of(node index: Int, in nodes: [Network.Node]) -> [ParameterSpec] {
        let node = nodes[index]
        let outputs = node.channels
        func spec(
            _ suffix: String, _ shape: [Int], _ role: Role, _ layout: Layout, fanIn: Int = 0, fanOut: Int = 0
        ) -> ParameterSpec {
            ParameterSpec(
                name: "\(node.name).\(suffix)", shape: shape, role: role, layout: layout, fanIn: fanIn, fanOut: fanOut,
                node: index)
        }
        switch node.operation {
        case .convolution(let kernel, let bias):
            let inputs = nodes[node.inputs[0]].channels
            let taps = kernel * kernel
            let weight = spec(
                "weight", [outputs, inputs, kernel, kernel], .weight, .convolution, fanIn: inputs * taps,
                fanOut: outputs * taps)
            return bias ? [weight, spec("bias", [outputs], .bias, .channels)] : [weight]
        case .transposedConvolution:
            // With stride 2 and a 2×2 kernel each output pixel sees one tap, and each input pixel writes all four.
            let inputs = nodes[node.inputs[0]].channels
            return [
                spec(
                    "weight", [inputs, outputs, 2, 2], .weight, .transposedConvolution, fanIn: inputs,
                    fanOut: outputs * 4),
                spec("bias", [outputs], .bias, .channels),
            ]
        case .batchNormalization:
            return [
                spec("weight", [outputs], .gamma, .channels), spec("bias", [outputs], .beta, .channels),
                spec("running_mean", [outputs], .runningMean, .channels),
                spec("running_var", [outputs], .runningVariance, .channels),
                spec("num_batches_tracked", [], .batchesTracked, .scalar),
            ]
        case .input, .relu, .maxPool, .maxUnpool, .concatenation, .dropout, .softmax:
            return []
        }
    }
}
