/// Turns planned calls into calls with operands.
extension BoundTrainingStep {
    /// `loss` is nil where the host computes the gradient of the output.
    init(
        _ step: TrainingStep, number: Int, network: Network, loss: Loss?, memory: TrainingMemory<B>, backend: B
    ) {
        let node = network.nodes[step.node]
        let parts = TrainingScratch(step, backend: backend)
        let scratch = memory.scratch(number)
        let weight = "\(node.name).weight"
        // The layout knows: folding a normalisation gives a convolution without bias one.
        let hasBias = memory.plan.layout.trainable["\(node.name).bias"] != nil
        let bias = hasBias ? memory.parameter("\(node.name).bias") : nil

        func convolution(_ input: TrainingStep.Operand, _ output: TrainingStep.Operand) -> BoundConvolution<B> {
            BoundConvolution(
                shape: ConvolutionShape(input, output, accuracy: .high), weights: memory.parameter(weight),
                scratch: scratch, parts: parts, backend: backend)
        }

        self.node = step.node
        name = node.name
        x = step.x.map { memory.view($0) }
        y = step.y.map { memory.view($0) }
        gy = step.gy.map { memory.view($0) }
        gx = step.gx.map { memory.view($0) }
        switch step.kind {
        case .convolution3x3(let relu):
            operation = .convolution3x3(convolution(step.x!, step.y!), bias: bias, relu: relu)
        case .convolution1x1(let relu):
            operation = .convolution1x1(weights: memory.parameter(weight), packed: scratch, bias: bias, relu: relu)
        case .transposedConvolution:
            operation = .transposedConvolution(
                weights: memory.parameter(weight), packed: scratch, bias: memory.parameter("\(node.name).bias"))
        case .batchNormalization(let relu, let constants):
            operation = .batchNormalization(
                BoundNormalization(node.name, relu: relu, scratch: scratch, memory: memory), constants)
        case .scaleShift(let relu):
            operation = .scaleShift(
                scale: memory.parameter(weight), shift: memory.parameter("\(node.name).bias"), relu: relu)
        case .scaleGradient:
            operation = .scaleShift(
                scale: memory.parameter(weight), shift: memory.parameter("\(node.name).zero"), relu: false)
        case .relu: operation = .relu
        case .maxPool: operation = .maxPool(indices: memory.indices(step.node))
        case .maxUnpool(let pool): operation = .maxUnpool(indices: memory.indices(pool))
        case .copy, .copyGradient: operation = .copy
        case .dropout(let rate), .dropoutBackward(let rate): operation = .dropout(rate: rate)
        case .softmax: operation = .softmax
        case .loss, .objective:
            let options = loss.map {
                LossOptions(
                    classWeights: memory.classWeights, ignoredLabel: $0.ignoredLabel,
                    crossEntropyWeight: $0.crossEntropyWeight, diceWeight: $0.diceWeight)
            }
            operation = options.map { .loss($0, scratch: scratch) } ?? .objective
        case .reluBackward: operation = .reluBackward
        case .batchNormBackward(let relu):
            operation = .batchNormBackward(
                BoundNormalization(node.name, relu: relu, scratch: scratch, memory: memory))
        case .biasGradient: operation = .biasGradient(memory.gradient("\(node.name).bias"), scratch: scratch)
        case .convolution3x3WeightGradient:
            let plan = backend.makeConvolutionPlan(ConvolutionShape(step.x!, step.gy!, accuracy: .standard))
            operation = .convolution3x3WeightGradient(plan, gradient: memory.gradient(weight), scratch: scratch)
        case .convolution3x3DataGradient:
            operation = .convolution3x3DataGradient(convolution(step.gy!, step.gx!))
        case .convolution1x1WeightGradient:
            operation = .convolution1x1WeightGradient(gradient: memory.gradient(weight), scratch: scratch)
        case .convolution1x1DataGradient:
            operation = .convolution1x1DataGradient(weights: memory.parameter(weight), scratch: scratch)
        case .transposedGradients:
            operation = .transposedGradients(
                weights: memory.parameter(weight), gradient: memory.gradient(weight), scratch: scratch)
        case .transposedDataGradient:
            operation = .transposedGradients(weights: memory.parameter(weight), gradient: nil, scratch: scratch)
        case .maxPoolBackward(let pool, let accumulating):
            operation = .maxPoolBackward(indices: memory.indices(pool), accumulating: accumulating)
        case .maxUnpoolBackward(let pool): operation = .maxUnpoolBackward(indices: memory.indices(pool))
        case .softmaxBackward: operation = .softmaxBackward
        case .addGradient: operation = .add
        }
    }
}
