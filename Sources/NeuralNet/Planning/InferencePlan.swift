/// How a network is run for one input shape: which steps, where each value lives in one arena, how much memory that
/// takes. Made in one pass, before anything is allocated.
public struct InferencePlan: Sendable {
    /// A step with its operands' places: offsets in bytes into the arena or into the weights.
    struct PlannedStep: Sendable {
        let step: Step
        let input: Operand
        let output: Operand
        /// The indices a pooling writes or an unpooling reads.
        let indices: ByteRange?
        let scratch: ByteRange
        /// Weights as the backend wants them (or a batch normalisation's scale), and bias (or shift).
        let weights: ByteRange?
        let bias: ByteRange?
    }

    /// An activation in the arena.
    struct Operand: Hashable, Sendable {
        let offset: Int
        let shape: Shape
        let pixels: PixelLayout
        let element: ElementType
    }

    /// A range of bytes.
    struct ByteRange: Hashable, Sendable {
        let offset: Int
        let bytes: Int
    }

    let steps: [PlannedStep]
    let inputOperand: Operand
    let outputOperand: Operand

    /// Every step in order, for tables.
    public let layers: [PlannedLayer]
    /// The input of one pass, and its output.
    public var input: Shape { inputOperand.shape }
    public var output: Shape { outputOperand.shape }
    /// Where all activations and scratch memory live.
    package let arena: ArenaLayout
    /// Bytes of all activations and scratch memory together: one block, reused as values die.
    public var arenaBytes: Int { arena.bytes }
    /// Bytes of all weights as the backend keeps them.
    public let weightBytes: Int
    /// Bytes needed besides while the weights are prepared: the unpacked weights of the largest layer.
    public let preparationBytes: Int
    /// Device memory in steady state.
    public var bytes: Int { arenaBytes + weightBytes }
    /// Device memory at the most, while the weights are prepared.
    public var peakBytes: Int { bytes + preparationBytes }
    /// Floating-point operations of one pass; see `PlannedLayer.flops`.
    public var flops: Int { layers.reduce(0) { $0 + $1.flops } }

    /// Plans passes over `input` (N×H×W×C) on a backend. Throws what `Network.shapes(input:)` throws.
    public init<B: Backend>(network: Network, input: Shape, backend: B) throws(NeuralNetError) {
        let shapes = try network.shapes(input: input)
        let list = StepList(network, mode: .inference)
        let placement = Placement(list, network: network, dense: [0, list.output])
        let needs = placement.steps.map {
            StepNeeds($0, network: network, shapes: shapes, placement: placement, backend: backend)
        }
        let arena = ActivationArena(
            placement, output: list.output, shapes: shapes, needs: needs, element: backend.activationElement)

        var weights = 0
        func reserve(_ bytes: Int?) -> ByteRange? {
            guard let bytes else { return nil }
            defer { weights += ArenaLayout.aligned(bytes) }
            return ByteRange(offset: weights, bytes: bytes)
        }
        var planned: [PlannedStep] = []
        var layers: [PlannedLayer] = []
        for (index, step) in placement.steps.enumerated() {
            let written = step.isCopy ? shapes[step.inputs[0]] : shapes[step.output]
            let output = arena.operand(placement.target(of: step), written)
            planned.append(
                PlannedStep(
                    step: step, input: arena.operand(placement.locations[step.inputs[0]]!, shapes[step.inputs[0]]),
                    output: output, indices: arena.indices(of: step), scratch: arena.scratch[index],
                    weights: reserve(needs[index].weightBytes), bias: reserve(needs[index].biasBytes)))
            layers.append(
                step.description(
                    network: network, shapes: shapes, needs: needs[index], element: backend.activationElement))
        }
        preparationBytes = placement.steps.map { $0.unpackedWeightBytes(network: network) }.max() ?? 0
        steps = planned
        self.layers = layers
        self.arena = arena.layout
        weightBytes = weights
        inputOperand = arena.operand(placement.locations[0]!, input)
        outputOperand = arena.operand(placement.locations[list.output]!, shapes[list.output])
    }
}

/// What a step needs beside its operands.
struct StepNeeds: Sendable {
    var weightBytes: Int?
    var biasBytes: Int?
    var scratchBytes = 0
    var indexBytes = 0
    var algorithm: String?

    init<B: Backend>(_ step: Step, network: Network, shapes: [Shape], placement: Placement, backend: B) {
        let input = shapes[step.inputs[0]]
        let output = shapes[step.output]
        let channelBytes = output.c * MemoryLayout<Float>.size
        switch step.kind {
        case .convolution(let kernel, let norm, _):
            if kernel == 3 {
                let plan = backend.makeConvolutionPlan(
                    ConvolutionShape(
                        input: input, outputChannels: output.c,
                        inputPixels: placement.locations[step.inputs[0]]!.pixels,
                        outputPixels: placement.target(of: step).pixels, accuracy: .standard))
                let needs = backend.requirements(of: plan)
                let plain = 9 * input.c * channelBytes
                weightBytes = needs.packedBytes > 0 ? needs.packedBytes : plain
                scratchBytes = needs.scratchBytes
                algorithm = needs.algorithm
            } else {
                weightBytes = backend.packedConvolution1x1Bytes(inputChannels: input.c, outputChannels: output.c)
            }
            if norm != nil || network.nodes[step.node].operation == .convolution(kernel: kernel, bias: true) {
                biasBytes = channelBytes
            }
        case .transposedConvolution:
            weightBytes = backend.packedTransposedBytes(inputChannels: input.c, outputChannels: output.c)
            biasBytes = channelBytes
        case .batchNormalization:
            weightBytes = channelBytes
            biasBytes = channelBytes
        case .maxPool(let indicesUsed):
            indexBytes = indicesUsed ? backend.poolIndexBytes(output: output) : 0
        case .relu, .maxUnpool, .concatenation, .copy, .dropout, .softmax:
            break
        }
    }
}

extension Step {
    var isCopy: Bool {
        if case .copy = kind { return true }
        return false
    }

    /// Bytes of the weights as the file has them, biases and normalisations aside.
    func unpackedWeightBytes(network: Network) -> Int {
        let weight = network.parameters(of: node).first { $0.role == .weight }
        return (weight?.count ?? 0) * MemoryLayout<Float>.size
    }

    /// A row of the plan's description.
    func description(
        network: Network, shapes: [Shape], needs: StepNeeds, element: ElementType
    ) -> PlannedLayer {
        var names = [network.nodes[node].name]
        if case .convolution(_, let norm?, _) = kind { names.append(network.nodes[norm].name) }
        if names.count == 1 || network.nodes[output].operation == .relu, output != node {
            names.append(network.nodes[output].name)
        }
        let written = isCopy ? shapes[inputs[0]] : shapes[output]
        return PlannedLayer(
            name: names.joined(separator: " + "), kind: isCopy ? "copy" : network.nodes[node].operation.kind,
            algorithm: needs.algorithm, input: shapes[inputs[0]], output: written,
            flops: flops(network: network, shapes: shapes),
            weightBytes: (needs.weightBytes ?? 0) + (needs.biasBytes ?? 0), scratchBytes: needs.scratchBytes,
            outputBytes: written.bytes(of: element))
    }
}
