/// One thing a backend does, after neighbouring nodes of the network have been fused.
struct Step: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// `norm`: the batch normalisation folded into weights and bias.
        case convolution(kernel: Int, norm: Int?, relu: Bool)
        case transposedConvolution
        case batchNormalization(relu: Bool)
        case relu
        /// `indicesUsed`: somebody asks where the maxima were.
        case maxPool(indicesUsed: Bool)
        case maxUnpool(pool: Int)
        case concatenation
        /// Copies the input to this channel of a concatenation; what a concatenation becomes where it cannot be avoided.
        case copy(channelOffset: Int)
        case dropout(rate: Float)
        case softmax
    }

    let kind: Kind
    /// The first of the fused nodes: it names the step and owns its parameters.
    let node: Int
    /// The nodes whose values are read.
    let inputs: [Int]
    /// The node whose value is written, the last of the fused ones.
    let output: Int
}

/// What a network is run for.
enum RunMode: Sendable {
    /// Batch normalisation uses running statistics and disappears in the convolution before it; dropout is the identity.
    case inference
    /// Batch normalisation uses the batch's statistics, and everything the backward pass needs is kept.
    case training
}

/// A network as a list of steps.
struct StepList: Hashable, Sendable {
    let steps: [Step]
    /// For every node, the node whose value stands for its own: another one where the node is an identity.
    let standIn: [Int]
    /// The node whose value is the network's output.
    let output: Int

    /// Fuses a convolution with its only consumers: in inference a batch normalisation, then a ReLU; in training a ReLU,
    /// and a batch normalisation with its ReLU.
    init(_ network: Network, mode: RunMode) {
        let consumers = network.consumers
        var standIn = Array(network.nodes.indices)
        var absorbed = Set<Int>()
        var steps: [Step] = []

        /// The consumer of `node` if it is the only one and nobody else sees the value.
        func soleConsumer(_ node: Int) -> Int? {
            consumers[node].count == 1 && node != network.output ? consumers[node][0] : nil
        }
        func followingReLU(_ node: Int) -> Int? {
            soleConsumer(node).flatMap { network.nodes[$0].operation == .relu ? $0 : nil }
        }
        func followingNorm(_ node: Int) -> Int? {
            guard mode == .inference, let next = soleConsumer(node) else { return nil }
            if case .batchNormalization = network.nodes[next].operation { return next }
            return nil
        }

        for (index, node) in network.nodes.enumerated() where !absorbed.contains(index) {
            let inputs = node.inputs.map { standIn[$0] }
            // Fused nodes follow each other in the graph, but not always in the list.
            var fused = [index]
            let kind: Step.Kind
            switch node.operation {
            case .input:
                continue
            case .dropout(let rate):
                if mode == .inference || rate == 0 {
                    standIn[index] = inputs[0]
                    continue
                }
                kind = .dropout(rate: rate)
            case .convolution(let kernel, _):
                let norm = followingNorm(index)
                if let norm { fused.append(norm) }
                let relu = followingReLU(norm ?? index)
                if let relu { fused.append(relu) }
                kind = .convolution(kernel: kernel, norm: norm, relu: relu != nil)
            case .batchNormalization:
                let relu = followingReLU(index)
                if let relu { fused.append(relu) }
                kind = .batchNormalization(relu: relu != nil)
            case .transposedConvolution: kind = .transposedConvolution
            case .relu: kind = .relu
            case .maxPool:
                let used = network.nodes.contains { $0.operation == .maxUnpool(pool: index) }
                kind = .maxPool(indicesUsed: used || mode == .training)
            case .maxUnpool(let pool): kind = .maxUnpool(pool: pool)
            case .concatenation: kind = .concatenation
            case .softmax: kind = .softmax
            }
            absorbed.formUnion(fused)
            steps.append(Step(kind: kind, node: index, inputs: inputs, output: fused[fused.count - 1]))
        }
        self.steps = steps
        self.standIn = standIn
        self.output = standIn[network.output]
    }
}
