/// The parts of a step, enqueued one behind the other without waiting for any.
extension TrainingSession {
    /// Copies a batch to the device.
    func send(_ input: Tensor, _ labels: LabelMap?) {
        let view = memory.view(plan.inputOperand)
        input.withValues { backend.upload($0, to: view) }
        if let labels { labels.labels.withUnsafeBytes { backend.upload($0, to: memory.labels) } }
    }

    /// The batch on the device, forward and backward pass with this loss scale, and the report. `step` counts from 0.
    ///
    /// Throws `cancelled`, before anything that outlives the pass was enqueued.
    func propagate(
        _ input: Tensor, _ labels: LabelMap, step: Int, scale: Float, _ counters: inout Counters
    ) throws(NeuralNetError) {
        send(input, labels)
        backend.countNotFinite(memory.view(plan.inputOperand), into: memory.report.badInputs)
        try pass(step: step, scale: scale, &counters.pass)
        counters.gradientScale = scale
        backend.sumOfSquares(memory.floats(0..<plan.layout.count, of: memory.gradients), into: memory.report.squares)
        backend.judge(memory.report)
    }

    private func pass(
        step: Int, scale: Float, _ pass: inout PassRecording<B.Recording>
    ) throws(NeuralNetError) {
        // Dropout's seed changes with every step, which a recorded pass cannot.
        let recording =
            plan.hasDropout
            ? nil
            : pass.recording(scale: scale) {
                backend.record { for index in steps.indices { run(index, seed: 0, scale: scale) } }
            }
        guard let recording else { return try run(0..<steps.count, step: step, scale: scale) }
        try checkCancelled(before: 0)
        backend.replay(recording)
    }

    /// Enqueues calls of a step one by one. Throws `cancelled`.
    func run(_ range: Range<Int>, step: Int, scale: Float = 1) throws(NeuralNetError) {
        var mixer = SplitMix64(state: options.seed)
        mixer.state = mixer.next() ^ UInt64(step)
        let seed = mixer.next()
        for index in range {
            try checkCancelled(before: index)
            run(index, seed: seed, scale: scale)
        }
    }

    private func run(_ index: Int, seed: UInt64, scale: Float) {
        steps[index].run(on: backend, memory: memory, seed: seed, gradientScale: scale)
    }

    private func checkCancelled(before index: Int) throws(NeuralNetError) {
        guard Task.isCancelled else { return }
        throw NeuralNetError(
            .cancelled, operation: steps[index].name, message: "The caller cancelled the training.")
    }

    /// Adam and the running statistics, unless the device counts a failure. `clipping` is the gradient's factor without
    /// the loss scale's.
    func update(_ step: PendingStep, clipping: Float) {
        let adam = options.optimizer
        func apply(_ range: Range<Int>, l2: Float) {
            guard !range.isEmpty else { return }
            backend.adam(
                parameters: memory.floats(range, of: memory.parameters),
                gradients: memory.floats(range, of: memory.gradients),
                firstMoment: memory.floats(range, of: memory.firstMoment),
                secondMoment: memory.floats(range, of: memory.secondMoment),
                step: AdamStep(
                    learningRate: Float(step.rate), beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon,
                    l2: l2, gradientScale: clipping / step.scale.factor, step: step.index + 1),
                unless: memory.report.failures)
        }
        let layout = plan.layout
        switch adam.l2Scope {
        case .all: apply(0..<layout.count, l2: adam.l2)
        case .weights:
            apply(0..<layout.weightCount, l2: adam.l2)
            apply(layout.weightCount..<layout.count, l2: 0)
        }
        forEachNormalization { norm, constants, pixels, _ in
            norm.track(pixels: pixels, momentum: constants.momentum, unless: memory.report.failures, on: backend)
        }
    }

    /// Every batch normalisation with the pixels that it is over, and its name.
    func forEachNormalization(
        _ body: (BoundNormalization<B>, BatchNormalization, _ pixels: Int, _ name: String) -> Void
    ) {
        for bound in steps {
            guard case .batchNormalization(let norm, let constants) = bound.operation else { continue }
            body(norm, constants, bound.x!.shape.pixels, bound.name)
        }
    }

    /// Lets the device take steps again.
    func clearFailures() { backend.upload([Float](repeating: 0, count: 2), to: memory.report.failures) }

    // MARK: - Reports

    /// What arrived in a mailbox: the loss, and the norm of the gradient without the scale.
    ///
    /// Throws `notFinite` for a bad input or loss, `invalidArgument` for a bad label, `device`.
    func report(in mailbox: B.Mailbox, scale: Float) throws(NeuralNetError) -> (loss: LossResult, norm: Double) {
        let sections = memory.sections
        let (bad, loss, squares) = try backend.open(mailbox).withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: sections.badInputs.lowerBound, as: Int64.self),
                backend.lossResult(UnsafeRawBufferPointer(rebasing: bytes[sections.loss])),
                bytes.loadUnaligned(fromByteOffset: sections.squares.lowerBound, as: Double.self)
            )
        }
        try checkInput(bad: Int(bad))
        try check(loss)
        return (loss, squares.squareRoot() / Double(scale))
    }

    /// Throws `notFinite` where the input held so many values that are not finite.
    func checkInput(bad: Int) throws(NeuralNetError) {
        guard bad > 0 else { return }
        throw NeuralNetError(
            .notFinite, operation: "input", message: "\(bad) of the \(plan.input.count) values are NaN or infinite.")
    }

    private func check(_ result: LossResult) throws(NeuralNetError) {
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
    }
}

/// A forward and backward pass that was recorded with one loss scale. The first pass is run call by call, so that a backend
/// finds everything loaded when it records the second.
struct PassRecording<Recording: Sendable>: Sendable {
    private var hasRun = false
    private var isRefused = false
    private var recorded: (scale: Float, recording: Recording)?

    /// What to replay, or nil where the calls are to be run.
    mutating func recording(scale: Float, _ record: () -> Recording?) -> Recording? {
        guard Recording.self != Never.self, !isRefused else { return nil }
        guard hasRun else {
            hasRun = true
            return nil
        }
        if let recorded, recorded.scale == scale { return recorded.recording }
        recorded = record().map { (scale, $0) }
        isRefused = recorded == nil
        return recorded?.recording
    }
}
