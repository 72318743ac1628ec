/// A forward pass whose activations are kept for the backward pass, and the loss or objective, as a list of calls.
struct ForwardSchedule {
    let steps: [TrainingStep]

    init(
        _ list: StepList, placement: Placement, gradients: GradientPlacement, network: Network, shapes: [Shape]
    ) {
        var steps: [TrainingStep] = []
        for step in placement.steps {
            let source = step.inputs[0]
            let x = TrainingStep.Operand(.activation, placement.locations[source]!, shapes[source])
            let written = step.isCopy ? shapes[source] : shapes[step.output]
            let y = TrainingStep.Operand(.activation, placement.target(of: step), written)
            steps.append(TrainingStep(kind: step.forwardKind(network, gradients.target), node: step.node, x: x, y: y))
        }
        let logits = list.output
        var loss = TrainingStep(kind: gradients.target == .parameters ? .loss : .objective, node: logits)
        loss.x = TrainingStep.Operand(.activation, placement.locations[logits]!, shapes[logits])
        loss.gx = gradients.locations[logits].map { TrainingStep.Operand(.gradient, $0, shapes[logits]) }
        self.steps = steps + [loss]
    }
}

extension TrainingStep.Operand {
    enum Content { case activation, gradient }

    init(_ content: Content, _ location: Placement.Location, _ shape: Shape) {
        buffer = content == .activation ? .activation(location.root) : .gradient(location.root)
        channelOffset = location.channelOffset
        stride = location.stride
        self.shape = shape
    }
}

extension Step {
    fileprivate func forwardKind(_ network: Network, _ target: GradientTarget) -> TrainingStep.Kind {
        switch kind {
        case .convolution(let kernel, _, let relu):
            return kernel == 3 ? .convolution3x3(relu: relu) : .convolution1x1(relu: relu)
        case .transposedConvolution: return .transposedConvolution
        case .batchNormalization(let relu):
            guard target == .parameters, case .batchNormalization(let constants) = network.nodes[node].operation else {
                return .scaleShift(relu: relu)
            }
            return .batchNormalization(relu: relu, constants: constants)
        case .relu: return .relu
        case .maxPool: return .maxPool
        case .maxUnpool(let pool): return .maxUnpool(pool: pool)
        case .concatenation, .copy: return .copy
        case .dropout(let rate): return .dropout(rate: rate)
        case .softmax: return .softmax
        }
    }
}
