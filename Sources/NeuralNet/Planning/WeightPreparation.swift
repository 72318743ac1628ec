/// Weights of a step as inference uses them: in the engine's order, batch normalisation folded in.
struct FoldedWeights {
    /// In the engine's order (`WeightLayout`); a batch normalisation's scale.
    let weights: [Float]
    /// One per output channel; a batch normalisation's shift.
    let bias: [Float]?

    /// Nil for a step without parameters. Throws `notFinite` when folding overflows, or what reading the values throws.
    init?(_ step: Step, network: Network, parameters: ParameterStore) throws(NeuralNetError) {
        let node = network.nodes[step.node]
        switch step.kind {
        case .batchNormalization:
            let norm = try NormFactors(node, parameters: parameters)
            weights = norm.scale.map { Float($0) }
            bias = norm.shift.map { Float($0) }
        case .convolution, .transposedConvolution:
            let specs = network.parameters(of: step.node)
            var weights = try parameters.values(specs[0].name)
            var bias = specs.count > 1 ? try parameters.values(specs[1].name) : nil
            if case .convolution(_, let norm?, _) = step.kind {
                let factors = try NormFactors(network.nodes[norm], parameters: parameters)
                bias = factors.fold(&weights, bias: bias)
            }
            self.weights = WeightLayout.toEngine(weights, specs[0])
            self.bias = bias
        default:
            return nil
        }
        try ParameterStore.checkFinite(weights, name: node.name)
        if let bias { try ParameterStore.checkFinite(bias, name: node.name) }
    }
}

/// What a batch normalisation with running statistics does: y = x·scale + shift, per channel, in double precision.
struct NormFactors {
    let scale: [Double]
    let shift: [Double]

    init(_ node: Network.Node, parameters: ParameterStore) throws(NeuralNetError) {
        guard case .batchNormalization(let constants) = node.operation else {
            throw NeuralNetError(
                .unsupported, operation: node.title, message: "The layer is not a batch normalization.")
        }
        let gamma = try parameters.values(node.name + ".weight")
        let beta = try parameters.values(node.name + ".bias")
        let mean = try parameters.values(node.name + ".running_mean")
        let variance = try parameters.values(node.name + ".running_var")
        if let bad = variance.firstIndex(where: { $0 < 0 }) {
            throw NeuralNetError(
                .notFinite, operation: node.title,
                message: "A variance cannot be negative, but running_var of channel \(bad) is \(variance[bad]).")
        }
        scale = gamma.indices.map {
            Double(gamma[$0]) / (Double(variance[$0]) + Double(constants.epsilon)).squareRoot()
        }
        let scale = scale
        shift = gamma.indices.map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    }

    /// Scales weights in PyTorch's order [out]… and gives the bias that belongs to them.
    func fold(_ weights: inout [Float], bias: [Float]?) -> [Float] {
        let perChannel = weights.count / scale.count
        for channel in scale.indices {
            for index in (channel * perChannel)..<((channel + 1) * perChannel) {
                weights[index] = Float(Double(weights[index]) * scale[channel])
            }
        }
        return scale.indices.map { Float(Double(bias?[$0] ?? 0) * scale[$0] + shift[$0]) }
    }
}

/// Brings the weights of a plan to a backend, packed as its kernels want them.
struct WeightUploader<B: Backend> {
    let backend: B
    let weights: B.Buffer

    /// Loads the weights of every step. Throws `outOfMemory` when there is no room for the largest layer's unpacked
    /// weights, which are needed meanwhile, and what `FoldedWeights` throws.
    func load(
        _ plan: InferencePlan, steps: [BoundStep<B>], network: Network, parameters: ParameterStore
    ) throws(NeuralNetError) {
        var staging: B.Slice?
        for (planned, bound) in zip(plan.steps, steps) {
            guard let folded = try FoldedWeights(planned.step, network: network, parameters: parameters) else {
                continue
            }
            if let span = planned.bias, let bias = folded.bias {
                backend.upload(bias, to: DeviceSlice(buffer: weights, offset: span.offset, bytes: span.bytes))
            }
            let bytes = folded.weights.count * MemoryLayout<Float>.size
            if staging?.bytes ?? 0 < bytes {
                staging = nil
                staging = DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
            }
            pack(folded.weights, bound, staging: staging!)
        }
        try backend.synchronize()
    }

    private func pack(_ values: [Float], _ step: BoundStep<B>, staging: B.Slice) {
        let inputs = step.input.shape.c
        let outputs = step.output.shape.c
        switch step.operation {
        case .convolution3x3(let plan, let weights, _, _):
            if backend.requirements(of: plan).packedBytes > 0 {
                backend.upload(values, to: staging)
                backend.packConvolution(plan, weights: staging, packed: weights)
            } else {
                backend.upload(values, to: weights)
            }
        case .convolution1x1(let packed, _, _):
            backend.upload(values, to: staging)
            backend.packConvolution1x1(inputChannels: inputs, outputChannels: outputs, weights: staging, packed: packed)
        case .transposedConvolution(let packed, _):
            backend.upload(values, to: staging)
            backend.packTransposed(inputChannels: inputs, outputChannels: outputs, weights: staging, packed: packed)
        case .scaleShift(let scale, _, _):
            backend.upload(values, to: scale)
        case .relu, .maxPool, .maxUnpool, .copy, .softmax:
            break
        }
    }
}
