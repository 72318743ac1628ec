/// How a network is trained on batches of one shape: every call of a step, the place of every buffer in one arena. Made in
/// one pass, before anything is allocated.
public struct TrainingPlan: Sendable {
    let steps: [TrainingStep]
    /// The index of the loss or objective in `steps`: what comes before is the forward pass, what comes after the backward
    /// pass.
    let lossIndex: Int
    let layout: ParameterLayout
    let inputOperand: TrainingStep.Operand
    /// The input's gradient, where that is what the plan is for.
    let inputGradient: TrainingStep.Operand?
    let target: GradientTarget
    /// The nodes' names.
    let names: [String]
    private let offsets: [TrainingStep.BufferKey: InferencePlan.ByteRange]

    public let input: Shape
    public let output: Shape
    /// Where activations, their gradients and scratch memory live.
    package let arena: ArenaLayout
    /// Bytes of activations, their gradients and scratch memory: one block, reused as they die.
    public var arenaBytes: Int { arena.bytes }
    /// Bytes of the parameters, their gradients, the optimiser's two moments, and statistics.
    public let parameterBytes: Int
    /// Device memory in steady state.
    public var bytes: Int { arenaBytes + parameterBytes }

    /// Plans training on batches `input` (N×H×W×C). Throws what `Network.shapes(input:)` throws, and `invalidArgument` for a
    /// batch normalisation over a single value per channel, which has no variance, or a network without parameters.
    public init<B: Backend>(network: Network, input: Shape, backend: B) throws(NeuralNetError) {
        try TrainingPlan.check(network, try network.shapes(input: input))
        try self.init(network: network, input: input, gradientOf: .parameters, backend: backend)
    }

    /// Plans a forward and a backward pass. Throws what `Network.shapes(input:)` throws.
    init<B: Backend>(
        network: Network, input: Shape, gradientOf target: GradientTarget, backend: B
    ) throws(NeuralNetError) {
        let shapes = try network.shapes(input: input)
        let list = StepList(network, mode: target == .parameters ? .training : .inference)
        let placement = Placement(list, network: network, dense: [0, list.output])
        let gradients = GradientPlacement(list, network: network, of: target)
        let forward = ForwardSchedule(
            list, placement: placement, gradients: gradients, network: network, shapes: shapes)
        let backward = BackwardSchedule(
            list, placement: placement, gradients: gradients, network: network, shapes: shapes,
            firstNumber: forward.steps.count)
        steps = forward.steps + backward.steps
        lossIndex = forward.steps.count - 1
        inputOperand = TrainingStep.Operand(.activation, placement.locations[0]!, input)
        inputGradient = gradients.locations[0].map { TrainingStep.Operand(.gradient, $0, input) }
        names = network.nodes.map(\.name)
        layout = target == .parameters ? ParameterLayout(network) : ParameterLayout(folded: list, network: network)
        self.target = target
        self.input = input
        output = shapes[list.output]

        let lifetimes = BufferLifetimes(
            steps, input: inputOperand, result: inputGradient, shapes: shapes, backend: backend)
        arena = ArenaLayout(lifetimes.requests)
        var offsets: [TrainingStep.BufferKey: InferencePlan.ByteRange] = [:]
        for (index, key) in lifetimes.keys.enumerated() {
            offsets[key] = InferencePlan.ByteRange(
                offset: arena.offsets[index], bytes: lifetimes.requests[index].bytes)
        }
        self.offsets = offsets
        let arrays = target == .parameters ? 4 : 1
        parameterBytes = (arrays * layout.count + layout.statisticsCount) * MemoryLayout<Float>.size
    }

    /// Whether a pass is another one with every step.
    var hasDropout: Bool {
        steps.contains { step in
            if case .dropout = step.kind { true } else { false }
        }
    }

    /// The place of a buffer in the arena.
    func place(_ key: TrainingStep.BufferKey) -> InferencePlan.ByteRange {
        offsets[key] ?? InferencePlan.ByteRange(offset: 0, bytes: 0)
    }

    private static func check(_ network: Network, _ shapes: [Shape]) throws(NeuralNetError) {
        for (node, shape) in zip(network.nodes, shapes) {
            if case .batchNormalization = node.operation, shape.pixels < 2 {
                throw NeuralNetError(
                    .invalidArgument, operation: node.title,
                    message: "Training needs at least 2 values per channel, but the input is \(shape).")
            }
        }
        guard network.parameters.contains(where: { $0.role.isTrainable }) else {
            throw NeuralNetError(
                .invalidArgument, operation: "training", message: "The network has no parameters to train.")
        }
    }
}

/// From when to when every buffer of a training step lives, and its size.
private struct BufferLifetimes {
    let keys: [TrainingStep.BufferKey]
    let requests: [ArenaLayout.Request]

    /// The host writes `input` before the first step and reads `result` after the last.
    init<B: Backend>(
        _ steps: [TrainingStep], input: TrainingStep.Operand, result: TrainingStep.Operand?, shapes: [Shape], backend: B
    ) {
        var order: [TrainingStep.BufferKey] = []
        var times: [TrainingStep.BufferKey: ClosedRange<Int>] = [:]
        var bytes: [TrainingStep.BufferKey: Int] = [:]
        func use(_ key: TrainingStep.BufferKey, at time: Int, bytes size: Int) {
            if let known = times[key] {
                times[key] = known.lowerBound...time
            } else {
                order.append(key)
                times[key] = time...time
                bytes[key] = size
            }
        }
        let element = backend.activationElement
        use(input.buffer, at: 0, bytes: input.shape.bytes(of: element))
        for (time, step) in steps.enumerated() {
            for key in step.buffers {
                let size =
                    switch key {
                    case .activation(let root), .gradient(let root): shapes[root].bytes(of: element)
                    case .indices(let pool): backend.poolIndexBytes(output: shapes[pool])
                    case .temporary: step.gx?.shape.bytes(of: element) ?? 0
                    case .scratch: 0
                    }
                use(key, at: time, bytes: size)
            }
            let scratch = TrainingScratch(step, backend: backend).bytes
            if scratch > 0 { use(.scratch(time), at: time, bytes: scratch) }
        }
        if let result { use(result.buffer, at: steps.count, bytes: shapes[0].bytes(of: element)) }
        keys = order
        requests = order.map {
            ArenaLayout.Request(bytes: bytes[$0]!, first: times[$0]!.lowerBound, last: times[$0]!.upperBound)
        }
    }
}

/// The parts of a call's scratch memory: rotated weights, packed weights, and what the backend's operation needs.
struct TrainingScratch: Sendable {
    var rotated = 0
    var packed = 0
    var operation = 0
    var bytes: Int { ArenaLayout.aligned(rotated) + ArenaLayout.aligned(packed) + operation }

    init<B: Backend>(_ step: TrainingStep, backend: B) {
        switch step.kind {
        case .convolution3x3:
            let needs = TrainingScratch.requirements(step.x!, step.y!, .high, backend)
            packed = needs.packedBytes
            operation = needs.scratchBytes
        case .convolution3x3DataGradient:
            let needs = TrainingScratch.requirements(step.gy!, step.gx!, .high, backend)
            rotated = 9 * step.gy!.shape.c * step.gx!.shape.c * MemoryLayout<Float>.size
            packed = needs.packedBytes
            operation = needs.scratchBytes
        case .convolution3x3WeightGradient:
            let plan = backend.makeConvolutionPlan(ConvolutionShape(step.x!, step.gy!, accuracy: .standard))
            operation = backend.weightGradientScratchBytes(of: plan)
        case .convolution1x1:
            packed = backend.packedConvolution1x1Bytes(
                inputChannels: step.x!.shape.c, outputChannels: step.y!.shape.c)
        case .transposedConvolution:
            packed = backend.packedTransposedBytes(inputChannels: step.x!.shape.c, outputChannels: step.y!.shape.c)
        case .convolution1x1WeightGradient:
            operation = backend.convolution1x1GradientScratchBytes(
                input: step.x!.shape, outputChannels: step.gy!.shape.c)
        case .convolution1x1DataGradient:
            operation = backend.convolution1x1DataGradientScratchBytes(
                inputChannels: step.gx!.shape.c, outputChannels: step.gy!.shape.c)
        case .transposedGradients:
            operation = backend.transposedGradientScratchBytes(input: step.x!.shape, outputChannels: step.gy!.shape.c)
        case .transposedDataGradient:
            operation = backend.transposedGradientScratchBytes(input: step.gx!.shape, outputChannels: step.gy!.shape.c)
        case .batchNormalization: operation = backend.channelScratchBytes(channels: step.x!.shape.c)
        case .batchNormBackward, .biasGradient: operation = backend.channelScratchBytes(channels: step.gy!.shape.c)
        case .loss: operation = backend.lossScratchBytes(logits: step.x!.shape)
        default: break
        }
    }

    private static func requirements<B: Backend>(
        _ input: TrainingStep.Operand, _ output: TrainingStep.Operand, _ accuracy: ConvolutionAccuracy,
        _ backend: B
    ) -> ConvolutionRequirements {
        let shape = ConvolutionShape(input, output, accuracy: accuracy)
        return backend.requirements(of: backend.makeConvolutionPlan(shape))
    }
}

extension ConvolutionShape {
    init(_ input: TrainingStep.Operand, _ output: TrainingStep.Operand, accuracy: ConvolutionAccuracy) {
        self.init(
            input: input.shape, outputChannels: output.shape.c, inputPixels: input.pixels, outputPixels: output.pixels,
            accuracy: accuracy)
    }
}
