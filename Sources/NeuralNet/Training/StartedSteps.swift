/// A step that was started, to be asked for its result once.
public struct StartedStep: Hashable, Sendable {
    fileprivate let number: Int
}

/// What is needed to take a step, and to take it again.
struct PendingStep: Sendable {
    let number: Int
    let input: Tensor
    let labels: LabelMap
    /// Steps before it.
    let index: Int
    let rate: Double
    var scale: LossScale

    /// The loss scale of the step behind it, if all goes well.
    var nextScale: LossScale {
        var next = scale
        next.succeed()
        return next
    }
}

/// Steps that the host does not wait for: while the device takes one, the next batch can be made ready and started.
///
/// A step that cannot be taken raises a count on the device, and from then on no step changes anything until the host has
/// seen why. Where a smaller loss scale may help, it takes the steps under way again, in their order; so their results are
/// the same bits as if it had waited for each.
extension TrainingSession {
    /// Starts a step as `step(_:labels:)` takes it. Two may be under way; a third waits for the first.
    ///
    /// Throws `shapeMismatch`, `cancelled`; and what a step under way failed with, which then takes this one with it.
    public func start(_ input: Tensor, labels: LabelMap) throws(NeuralNetError) -> StartedStep {
        try check(input, labels)
        return try counters.withLock { counters throws(NeuralNetError) in
            if counters.started.count == mailboxes.count { try settleFirst(&counters) }
            let index = counters.steps + counters.started.count
            let step = PendingStep(
                number: counters.lastNumber + 1, input: input, labels: labels, index: index,
                rate: options.schedule.rate(at: index),
                scale: counters.started.last?.nextScale ?? counters.lossScale)
            try enqueue(step, &counters)
            counters.lastNumber = step.number
            counters.started.append(step)
            return StartedStep(number: step.number)
        }
    }

    /// Waits for a step, not for those started after it.
    ///
    /// Throws as `step(_:labels:)`; a step that fails takes those under way behind it with it. `invalidArgument` for a step
    /// of another session, or one that was asked for before.
    public func result(of step: StartedStep) throws(NeuralNetError) -> TrainingStepResult {
        try counters.withLock { counters throws(NeuralNetError) in
            while counters.started.contains(where: { $0.number <= step.number }) { try? settleFirst(&counters) }
            guard let outcome = counters.outcomes.removeValue(forKey: step.number) else {
                throw NeuralNetError(
                    .invalidArgument, operation: "training step", message: "There is no such step whose result is left."
                )
            }
            return try outcome.get()
        }
    }

    /// Waits for all steps under way; what they came to is kept for whoever asks.
    func settle(_ counters: inout Counters) {
        while !counters.started.isEmpty { try? settleFirst(&counters) }
    }

    /// Waits for the oldest step under way. Throws what it failed with.
    private func settleFirst(_ counters: inout Counters) throws(NeuralNetError) {
        do {
            let result = try firstResult(&counters)
            let step = counters.started.removeFirst()
            counters.outcomes[step.number] = .success(result)
            counters.lossScale = step.nextScale
            counters.steps = result.step
            forEachNormalization { _, _, _, name in
                counters.batchesTracked["\(name).num_batches_tracked", default: 0] += 1
            }
        } catch {
            // The device has left out the steps behind it, too.
            for step in counters.started { counters.outcomes[step.number] = .failure(error) }
            counters.started = []
            clearFailures()
            throw error
        }
    }

    private func firstResult(_ counters: inout Counters) throws(NeuralNetError) -> TrainingStepResult {
        while true {
            let step = counters.started[0]
            let (loss, norm) = try report(in: mailbox(of: step), scale: step.scale.factor)
            if norm.isFinite {
                return TrainingStepResult(loss: loss, gradientNorm: norm, learningRate: step.rate, step: step.index + 1)
            }
            var smaller = step.scale
            guard smaller.shrink() else {
                throw NeuralNetError(
                    .notFinite, operation: "gradient",
                    message: "The gradient's norm is \(norm). Step \(step.index + 1) was not taken.")
            }
            counters.lossScale = smaller
            try takeAgain(&counters)
        }
    }

    /// Enqueues all steps under way once more, from the loss scale as it is now.
    private func takeAgain(_ counters: inout Counters) throws(NeuralNetError) {
        clearFailures()
        var scale = counters.lossScale
        for place in counters.started.indices {
            counters.started[place].scale = scale
            try enqueue(counters.started[place], &counters)
            scale = counters.started[place].nextScale
        }
    }

    private func enqueue(_ step: PendingStep, _ counters: inout Counters) throws(NeuralNetError) {
        let scale = step.scale.factor
        try propagate(step.input, step.labels, step: step.index, scale: scale, &counters)
        backend.post(memory.reportBytes, to: mailbox(of: step))
        update(step, clipping: try clipping(of: step))
    }

    /// The gradient's factor. Only clipping needs the host to know the norm before the step is taken.
    private func clipping(of step: PendingStep) throws(NeuralNetError) -> Float {
        guard options.optimizer.clipNorm != nil else { return 1 }
        do {
            let norm = try report(in: mailbox(of: step), scale: step.scale.factor).norm
            return norm.isFinite ? options.optimizer.gradientScale(norm: norm) : 1
        } catch  where error.code == .notFinite || error.code == .invalidArgument {
            // The device leaves the step out, and whoever asks for its result is told.
            return 1
        }
    }

    private func mailbox(of step: PendingStep) -> B.Mailbox { mailboxes[step.number % mailboxes.count] }
}
