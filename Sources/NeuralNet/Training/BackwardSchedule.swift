/// The backward pass as a list of calls: the steps in reverse order, each adding to the gradients of its inputs.
///
/// The first contribution to a gradient writes it, later ones are added: by the call itself where it can, else through
/// a temporary buffer.
struct BackwardSchedule {
    private(set) var steps: [TrainingStep] = []
    private let list: StepList
    private let placement: Placement
    private let gradients: GradientPlacement
    private let network: Network
    private let shapes: [Shape]
    /// The number of the first call, so that temporaries have names of their own.
    private let firstNumber: Int
    private var written: Set<Int>

    init(
        _ list: StepList, placement: Placement, gradients: GradientPlacement, network: Network, shapes: [Shape],
        firstNumber: Int
    ) {
        self.list = list
        self.placement = placement
        self.gradients = gradients
        self.network = network
        self.shapes = shapes
        self.firstNumber = firstNumber
        // The loss, or the host, has written the gradient of the output.
        written = [list.output]
        for step in list.steps.reversed() where gradients.locations[step.output] != nil { differentiate(step) }
    }

    private mutating func differentiate(_ step: Step) {
        switch step.kind {
        case .convolution(let kernel, _, let relu):
            if relu { append(.reluBackward, step, y: activation(step.output), gx: gradient(step.output)) }
            if wantsParameters { differentiateParameters(step, kernel: kernel, relu: relu) }
            contribute(kernel == 3 ? .convolution3x3DataGradient : .convolution1x1DataGradient, step)
        case .transposedConvolution where !wantsParameters: contribute(.transposedDataGradient, step)
        case .transposedConvolution:
            append(.biasGradient, step)
            if gradient(step.inputs[0]) == nil {
                append(.transposedGradients, step, x: activation(step.inputs[0]))
            } else {
                contribute(.transposedGradients, step, x: activation(step.inputs[0]))
            }
        case .batchNormalization(let relu) where !wantsParameters:
            if relu { append(.reluBackward, step, y: activation(step.output), gx: gradient(step.output)) }
            contribute(.scaleGradient, step)
        case .batchNormalization(let relu):
            let x = activation(step.inputs[0])
            if gradient(step.inputs[0]) == nil {
                // Its parameters still want their gradients; the input's is computed in place and not read.
                append(.batchNormBackward(relu: relu), step, x: x, gx: gradient(step.output))
            } else {
                contribute(.batchNormBackward(relu: relu), step, x: x)
            }
        case .relu: contribute(.reluBackward, step, y: activation(step.output))
        case .softmax: contribute(.softmaxBackward, step, y: activation(step.output))
        case .dropout(let rate): contribute(.dropoutBackward(rate: rate), step)
        case .maxPool: contributeToPooled(step)
        case .maxUnpool(let pool): contribute(.maxUnpoolBackward(pool: pool), step)
        case .concatenation, .copy: distribute(step)
        }
    }

    private var wantsParameters: Bool { gradients.target == .parameters }

    private mutating func differentiateParameters(_ step: Step, kernel: Int, relu: Bool) {
        if hasBias(step), relu || !feedsOnlyNormalization(step) { append(.biasGradient, step) }
        let x = activation(step.inputs[0])
        append(kernel == 3 ? .convolution3x3WeightGradient : .convolution1x1WeightGradient, step, x: x)
    }

    private func hasBias(_ step: Step) -> Bool {
        network.parameters(of: step.node).contains { $0.role == .bias }
    }

    /// A bias right before a batch normalisation changes nothing, since the mean is subtracted: its gradient is exactly 0.
    private func feedsOnlyNormalization(_ step: Step) -> Bool {
        let readers = list.steps.filter { $0.inputs.contains(step.output) }
        guard step.output != list.output, readers.count == 1 else { return false }
        if case .batchNormalization = readers[0].kind { return true }
        return false
    }

    /// Adds a call whose result is (part of) the gradient of the step's only input, if that is wanted.
    private mutating func contribute(
        _ kind: TrainingStep.Kind, _ step: Step, x: TrainingStep.Operand? = nil, y: TrainingStep.Operand? = nil
    ) {
        let input = step.inputs[0]
        guard let target = gradient(input) else { return }
        if written.insert(input).inserted {
            append(kind, step, x: x, y: y, gx: target)
        } else {
            let temporary = TrainingStep.Operand(
                buffer: .temporary(firstNumber + steps.count), channelOffset: 0, stride: target.shape.c,
                shape: target.shape)
            append(kind, step, x: x, y: y, gx: temporary)
            steps.append(TrainingStep(kind: .addGradient, node: step.node, gy: temporary, gx: target))
        }
    }

    private mutating func contributeToPooled(_ step: Step) {
        guard let target = gradient(step.inputs[0]) else { return }
        let first = written.insert(step.inputs[0]).inserted
        append(.maxPoolBackward(pool: step.node, accumulating: !first), step, gx: target)
    }

    /// Hands the slices of a concatenation's gradient to its inputs; those that live in their slice are done already.
    private mutating func distribute(_ step: Step) {
        let whole = gradients.locations[step.output]!
        var channel = 0
        for input in step.inputs {
            let location = Placement.Location(
                root: whole.root, channelOffset: whole.channelOffset + channel, stride: whole.stride)
            channel += network.nodes[input].channels
            guard let target = gradient(input) else { continue }
            let part = TrainingStep.Operand(.gradient, location, shapes[input])
            let first = written.insert(input).inserted
            if part == target { continue }
            steps.append(
                TrainingStep(kind: first ? .copyGradient : .addGradient, node: step.node, gy: part, gx: target))
        }
    }

    private mutating func append(
        _ kind: TrainingStep.Kind, _ step: Step, x: TrainingStep.Operand? = nil, y: TrainingStep.Operand? = nil,
        gx: TrainingStep.Operand? = nil
    ) {
        steps.append(TrainingStep(kind: kind, node: step.node, x: x, y: y, gy: gradient(step.output), gx: gx))
    }

    private func activation(_ value: Int) -> TrainingStep.Operand {
        TrainingStep.Operand(.activation, placement.locations[value]!, shapes[value])
    }

    private func gradient(_ value: Int) -> TrainingStep.Operand? {
        gradients.locations[value].map { TrainingStep.Operand(.gradient, $0, shapes[value]) }
    }
}
