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
    let steps: [BoundTrainingStep<B>]
    /// Where the reports of started steps arrive: as many as may be under way at a time.
    let mailboxes: [B.Mailbox]
    let counters: Mutex<Counters>

    /// What the host counts.
    struct Counters: Sendable {
        /// Optimiser steps taken, as far as the host knows.
        var steps = 0
        /// `num_batches_tracked` of every batch normalisation.
        var batchesTracked: [String: Int64] = [:]
        var lossScale: LossScale
        /// The factor that the gradients on the device have.
        var gradientScale: Float = 1
        /// Steps under way, the oldest first, and what others came to that nobody has asked for yet.
        var started: [PendingStep] = []
        var outcomes: [Int: Result<TrainingStepResult, NeuralNetError>] = [:]
        var lastNumber = 0
        var pass = PassRecording<B.Recording>()

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
        var mailboxes: [B.Mailbox] = []
        for _ in 0..<2 { mailboxes.append(try backend.makeMailbox(bytes: memory.reportBytes.bytes)) }
        self.mailboxes = mailboxes
        counters = Mutex(Counters(backend.activationElement))
        try load(parameters)
    }

    /// Optimiser steps taken so far; waits for those under way.
    public var stepsTaken: Int {
        counters.withLock { counters in
            settle(&counters)
            return counters.steps
        }
    }

    /// One step: forward, loss, backward, Adam. `input` N×H×W×C and `labels` N×H×W must have the session's shape.
    ///
    /// Throws `shapeMismatch`; `invalidArgument` for a label that is neither a class nor the ignored one;
    /// `notFinite` when the input, the loss or the gradient is not finite, or no pixel counts; `cancelled`; `device`. After
    /// an error the parameters, moments and running statistics are what they were before the call.
    @discardableResult
    public func step(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> TrainingStepResult {
        try result(of: try start(input, labels: labels))
    }

    /// The loss and, for `gradient(_:)`, all gradients, without changing anything. Throws as `step(_:labels:)`.
    public func computeGradients(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> LossResult {
        try check(input, labels)
        return try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
            defer { clearFailures() }
            while true {
                let scale = counters.lossScale.factor
                try propagate(input, labels, step: counters.steps, scale: scale, &counters)
                backend.post(memory.reportBytes, to: mailboxes[0])
                let found = try report(in: mailboxes[0], scale: scale)
                if found.norm.isFinite || !counters.lossScale.shrink() { return found.loss }
            }
        }
    }

    /// The output N×H×W×C as training sees it: batch statistics, dropout of the next step. Throws as `step(_:labels:)`.
    public func forward(_ input: Tensor) throws(NeuralNetError) -> Tensor {
        try check(input)
        return try counters.withLock { counters throws(NeuralNetError) in
            settle(&counters)
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
            settle(&counters)
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

    /// Copies a batch to the device and waits. Throws `notFinite`, `device`.
    private func upload(_ input: Tensor, _ labels: LabelMap? = nil) throws(NeuralNetError) {
        send(input, labels)
        let view = memory.view(plan.inputOperand)
        try checkInput(bad: try backend.countNotFinite(view))
    }

    func check(_ input: Tensor, _ labels: LabelMap? = nil) throws(NeuralNetError) {
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
