import Synchronization

/// How a network's output changes with its input: a forward pass as inference does it, and the backward pass to the input,
/// for batches of one shape. Parameters are frozen; batch normalisations use their running statistics and are folded into
/// the convolutions before them; dropout is the identity.
///
/// The same input gives the same bits, for any number of threads. Calls from several threads are run one after the other.
///
/// `@unchecked Sendable`: everything is constant but the content of the device memory, which the lock guards.
public final class InputGradientSession<B: Backend>: @unchecked Sendable {
    public let network: Network
    public let plan: TrainingPlan
    public let backend: B

    private let memory: TrainingMemory<B>
    private let steps: [BoundTrainingStep<B>]
    private let lock = Mutex(())

    /// Prepares `network` with `parameters` for batches of `batch` images of `height` × `width`.
    ///
    /// Throws `shapeMismatch` for a size the network cannot take, `parameterMismatch`, `notFinite` for NaN weights,
    /// `outOfMemory` when the plan needs more than `memoryLimit` bytes (nil: what the backend has available).
    public init(
        network: Network, parameters: ParameterStore, backend: B, batch: Int = 1, height: Int, width: Int,
        memoryLimit: Int? = nil
    ) throws(NeuralNetError) {
        let shape = try Shape(n: batch, h: height, w: width, c: network.inputChannels)
        try parameters.checkMatches(network)
        let plan = try TrainingPlan(network: network, input: shape, gradientOf: .input, backend: backend)
        try MemoryLimit.check(
            plan.bytes, limit: memoryLimit, backend: backend, operation: "gradient of the input \(shape)")
        let memory = try TrainingMemory(plan: plan, loss: nil, backend: backend)
        for step in StepList(network, mode: .inference).steps {
            guard let folded = try FoldedWeights(step, network: network, parameters: parameters) else { continue }
            let name = network.nodes[step.node].name
            backend.upload(folded.weights, to: memory.parameter("\(name).weight"))
            if let bias = folded.bias { backend.upload(bias, to: memory.parameter("\(name).bias")) }
        }
        try backend.synchronize()
        self.network = network
        self.plan = plan
        self.backend = backend
        self.memory = memory
        steps = plan.steps.enumerated().map { number, step in
            BoundTrainingStep(step, number: number, network: network, loss: nil, memory: memory, backend: backend)
        }
    }

    /// Runs the network on N×H×W×C, asks `objective` for its gradient with respect to the output N×H×W×classes, and
    /// carries that back to the input.
    ///
    /// Throws `shapeMismatch` for another shape than the session's, of the input or of what `objective` gives; `notFinite`
    /// when the input, the output or a gradient holds NaN or infinity; `cancelled` when the current task is cancelled
    /// (checked before every layer); `device`; what `objective` throws.
    public func run(
        _ input: Tensor, objective: (Tensor) throws(NeuralNetError) -> Tensor
    ) throws(NeuralNetError) -> InputGradient {
        try check(input.shape, plan.input, "input")
        return try lock.withLock { _ throws(NeuralNetError) in
            let start = memory.view(plan.inputOperand)
            try upload(input, to: start, "input")
            try run(0..<plan.lossIndex)
            let turn = plan.steps[plan.lossIndex]
            guard let logits = turn.x, let above = turn.gx, let below = plan.inputGradient else {
                throw NeuralNetError(
                    .unsupported, operation: "gradient of the input", message: "The output does not depend on it.")
            }
            let output = try download(memory.view(logits), "output")
            let gradient = try objective(output)
            try check(gradient.shape, plan.output, "gradient of the output")
            try upload(gradient, to: memory.view(above), "gradient of the output")
            try run(plan.lossIndex..<steps.count)
            return InputGradient(output: output, gradient: try download(memory.view(below), "gradient of the input"))
        }
    }

    private func run(_ range: Range<Int>) throws(NeuralNetError) {
        for step in steps[range] {
            guard !Task.isCancelled else {
                throw NeuralNetError(.cancelled, operation: step.name, message: "The caller cancelled the run.")
            }
            step.run(on: backend, memory: memory, seed: 0)
        }
    }

    private func upload(_ tensor: Tensor, to view: B.View, _ what: String) throws(NeuralNetError) {
        tensor.withValues { backend.upload($0, to: view) }
        try checkFinite(view, what)
    }

    private func download(_ view: B.View, _ what: String) throws(NeuralNetError) -> Tensor {
        try checkFinite(view, what)
        return try Tensor(try backend.downloadFloats(view), shape: view.shape)
    }

    private func checkFinite(_ view: B.View, _ what: String) throws(NeuralNetError) {
        let bad = try backend.countNotFinite(view)
        guard bad == 0 else {
            throw NeuralNetError(
                .notFinite, operation: what, message: "\(bad) of the \(view.shape.count) values are NaN or infinite.")
        }
    }

    private func check(_ shape: Shape, _ expected: Shape, _ what: String) throws(NeuralNetError) {
        guard shape == expected else {
            throw NeuralNetError(
                .shapeMismatch, operation: what,
                message: "The session expects \(expected), but the \(what) is \(shape).")
        }
    }
}

/// What a network makes of an input, and how an objective of it changes with the input.
public struct InputGradient: Sendable {
    /// N×H×W×classes.
    public let output: Tensor
    /// N×H×W×C, the input's shape.
    public let gradient: Tensor
}
