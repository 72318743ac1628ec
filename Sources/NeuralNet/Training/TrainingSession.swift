import Synchronization

/// A network in training on batches of one shape: parameters, gradients, the optimiser's moments and all activations in
/// memory planned once.
///
/// The same seed, parameters and data give the same bits. Calls from several threads are run one after the other.
///
/// `@unchecked Sendable`: everything is constant but the content of the device memory and the counters, which the lock
/// guards.
public final class TrainingSession<B: Backend>: @unchecked Sendable {
    /// What stays the same over all steps of a session.
    public struct Options: Hashable, Sendable {
        public var loss: Loss
        public var optimizer: Adam
        public var schedule: LearningRateSchedule
        /// For dropout.
        public var seed: UInt64

        public init(
            loss: Loss = .crossEntropy(), optimizer: Adam = Adam(), schedule: LearningRateSchedule = .constant(1e-3),
            seed: UInt64 = 0
        ) {
            self.loss = loss
            self.optimizer = optimizer
            self.schedule = schedule
            self.seed = seed
        }
    }

    public let network: Network
    public let plan: TrainingPlan
    public let backend: B
    public let options: Options

    let memory: TrainingMemory<B>
    let counters: Mutex<Counters>
    private let steps: [BoundTrainingStep<B>]

    /// What the host counts.
    struct Counters {
        /// Optimiser steps taken.
        var steps = 0
        /// `num_batches_tracked` of every batch normalisation.
        var batchesTracked: [String: Int64] = [:]
        var lossScale: LossScale
        /// The factor that the gradients on the device have.
        var gradientScale: Float = 1

        init(_ element: ElementType) { lossScale = LossScale(element) }
    }

    /// Prepares training of `network` from `parameters`, on batches of `batch` images of `height` × `width`.
    ///
    /// Throws `shapeMismatch`, `parameterMismatch`, `notFinite` for NaN weights, `invalidArgument` for options out of range,
    /// `outOfMemory` when the plan needs more than `memoryLimit` bytes (nil: what the backend has available).
    public init(
        network: Network, parameters: ParameterStore, backend: B, batch: Int, height: Int, width: Int,
        options: Options = Options(), memoryLimit: Int? = nil
    ) throws(NeuralNetError) {
        let shape = try Shape(n: batch, h: height, w: width, c: network.inputChannels)
        try options.loss.check(classes: network.outputChannels)
        try options.optimizer.check()
        try options.schedule.check()
        let plan = try TrainingPlan(network: network, input: shape, backend: backend)
        try MemoryLimit.check(plan.bytes, limit: memoryLimit, backend: backend, operation: "training on \(shape)")
        let memory = try TrainingMemory(plan: plan, loss: options.loss, backend: backend)
        self.network = network
        self.plan = plan
        self.backend = backend
        self.options = options
        self.memory = memory
        steps = plan.steps.enumerated().map { number, step in
            BoundTrainingStep(
                step, number: number, network: network, loss: options.loss, memory: memory, backend: backend)
        }
        counters = Mutex(Counters(backend.activationElement))
        try load(parameters)
    }

    /// Optimiser steps taken so far.
    public var stepsTaken: Int { counters.withLock { $0.steps } }

    /// One step: forward, loss, backward, Adam. `input` N×H×W×C and `labels` N×H×W must have the session's shape.
    ///
    /// Throws `shapeMismatch`; `invalidArgument` for a label that is neither a class nor the ignored one;
    /// `notFinite` when the input, the loss or the gradient is not finite, or no pixel counts; `cancelled`; `device`. After
    /// an error the parameters, moments and running statistics are what they were before the call.
    @discardableResult
    public func step(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> TrainingStepResult {
        try check(input, labels)
        return try counters.withLock { counters throws(NeuralNetError) in
            try upload(input, labels)
            let (loss, norm) = try propagate(&counters)
            guard norm.isFinite else { throw notFinite("gradient", "The gradient's norm is \(norm).", counters.steps) }
            let rate = options.schedule.rate(at: counters.steps)
            update(rate: rate, norm: norm, scale: counters.lossScale.factor, step: counters.steps + 1)
            track(&counters)
            counters.steps += 1
            counters.lossScale.succeed()
            return TrainingStepResult(loss: loss, gradientNorm: norm, learningRate: rate, step: counters.steps)
        }
    }

    /// The loss and, for `gradient(_:)`, all gradients, without changing anything. Throws as `step(_:labels:)`.
    public func computeGradients(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> LossResult {
        try check(input, labels)
        return try counters.withLock { counters throws(NeuralNetError) in
            try upload(input, labels)
            return try propagate(&counters).loss
        }
    }

    /// The output N×H×W×C as training sees it: batch statistics, dropout of the next step. Throws as `step(_:labels:)`.
    public func forward(_ input: Tensor) throws(NeuralNetError) -> Tensor {
        try check(input)
        return try counters.withLock { counters throws(NeuralNetError) in
            try upload(input)
            try run(0..<plan.lossIndex, step: counters.steps)
            let view = memory.view(plan.steps[plan.lossIndex].x!)
            return try Tensor(try backend.downloadFloats(view), shape: view.shape)
        }
    }

    /// Seconds of every call of `plan.calls`, waiting after each, without changing anything: for benchmarks. Throws as
    /// `step(_:labels:)`.
    public func timings(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> [Double] {
        try check(input, labels)
        return try counters.withLock { counters throws(NeuralNetError) in
            try upload(input, labels)
            let clock = ContinuousClock()
            var seconds: [Double] = []
            for number in steps.indices {
                let start = clock.now
                try run(number..<(number + 1), step: counters.steps)
                try backend.synchronize()
                seconds.append((clock.now - start) / .seconds(1))
            }
            return seconds
        }
    }

    // MARK: - Parts of a step

    private func upload(_ input: Tensor, _ labels: LabelMap? = nil) throws(NeuralNetError) {
        let view = memory.view(plan.inputOperand)
        input.withValues { backend.upload($0, to: view) }
        if let labels { labels.labels.withUnsafeBytes { backend.upload($0, to: memory.labels) } }
        let bad = try backend.countNotFinite(view)
        guard bad == 0 else {
            throw NeuralNetError(
                .notFinite, operation: "input",
                message: "\(bad) of the \(view.shape.count) values are NaN or infinite.")
        }
    }

    /// Forward and backward pass, again with a smaller loss scale while the gradients overflow: the loss, and the norm of
    /// the gradient without the scale.
    private func propagate(_ counters: inout Counters) throws(NeuralNetError) -> (loss: LossResult, norm: Double) {
        let gradients = memory.floats(0..<plan.layout.count, of: memory.gradients)
        while true {
            let scale = counters.lossScale.factor
            try run(0..<steps.count, step: counters.steps, gradientScale: scale)
            let norm = try backend.sumOfSquares(gradients).squareRoot() / Double(scale)
            let loss = try checkedLoss()
            counters.gradientScale = scale
            if norm.isFinite || !counters.lossScale.shrink() { return (loss, norm) }
        }
    }

    private func run(_ range: Range<Int>, step: Int, gradientScale: Float = 1) throws(NeuralNetError) {
        var mixer = SplitMix64(state: options.seed)
        mixer.state = mixer.next() ^ UInt64(step)
        let seed = mixer.next()
        for bound in steps[range] {
            guard !Task.isCancelled else {
                throw NeuralNetError(.cancelled, operation: bound.name, message: "The caller cancelled the training.")
            }
            bound.run(on: backend, memory: memory, seed: seed, gradientScale: gradientScale)
        }
    }

    private func checkedLoss() throws(NeuralNetError) -> LossResult {
        let result = try backend.readLoss(memory.lossResult)
        guard result.badLabels == 0 else {
            throw NeuralNetError(
                .invalidArgument, operation: "loss",
                message:
                    "\(result.badLabels) pixels have a label that is neither one of the \(plan.output.c) classes nor "
                    + "the ignored one.")
        }
        guard result.loss.isFinite else {
            let reason = result.countedPixels == 0 ? "No pixel counts." : "The loss is \(result.loss)."
            throw NeuralNetError(.notFinite, operation: "loss", message: reason)
        }
        return result
    }

    private func update(rate: Double, norm: Double, scale: Float, step: Int) {
        let adam = options.optimizer
        func apply(_ range: Range<Int>, l2: Float) {
            guard !range.isEmpty else { return }
            backend.adam(
                parameters: memory.floats(range, of: memory.parameters),
                gradients: memory.floats(range, of: memory.gradients),
                firstMoment: memory.floats(range, of: memory.firstMoment),
                secondMoment: memory.floats(range, of: memory.secondMoment),
                step: AdamStep(
                    learningRate: Float(rate), beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon, l2: l2,
                    gradientScale: adam.gradientScale(norm: norm) / scale, step: step))
        }
        let layout = plan.layout
        switch adam.l2Scope {
        case .all: apply(0..<layout.count, l2: adam.l2)
        case .weights:
            apply(0..<layout.weightCount, l2: adam.l2)
            apply(layout.weightCount..<layout.count, l2: 0)
        }
    }

    private func track(_ counters: inout Counters) {
        for bound in steps {
            guard case .batchNormalization(let norm, let constants) = bound.operation else { continue }
            norm.track(pixels: bound.x!.shape.pixels, momentum: constants.momentum, on: backend)
            counters.batchesTracked["\(bound.name).num_batches_tracked", default: 0] += 1
        }
    }

    private func check(_ input: Tensor, _ labels: LabelMap? = nil) throws(NeuralNetError) {
        guard input.shape == plan.input else {
            throw NeuralNetError(
                .shapeMismatch, operation: "input",
                message: "The session trains on \(plan.input), but the input is \(input.shape).")
        }
        let output = plan.output
        if let labels, (labels.n, labels.h, labels.w) != (output.n, output.h, output.w) {
            throw NeuralNetError(
                .shapeMismatch, operation: "labels",
                message: "The session expects labels \(output.n)×\(output.h)×\(output.w), but they are "
                    + "\(labels.n)×\(labels.h)×\(labels.w).")
        }
    }

    private func notFinite(_ operation: String, _ message: String, _ step: Int) -> NeuralNetError {
        NeuralNetError(.notFinite, operation: operation, message: "\(message) Step \(step + 1) was not taken.")
    }
}

/// What one training step came to.
public struct TrainingStepResult: Hashable, Sendable {
    /// Before the parameters changed.
    public let loss: LossResult
    /// Global L2 norm of the gradient, before clipping and without L2 regularisation.
    public let gradientNorm: Double
    public let learningRate: Double
    /// Counts from 1.
    public let step: Int
}
