import Synchronization

/// A network ready to run: weights prepared, memory allocated, for images of one size. Running it allocates nothing.
///
/// Calls from several threads are run one after the other.
///
/// `@unchecked Sendable`: everything is constant but the content of the arena, which the lock guards.
public final class InferenceSession<B: Backend>: @unchecked Sendable {
    public let network: Network
    public let plan: InferencePlan
    public let backend: B
    /// Images that go through the network together.
    public var microBatch: Int { plan.input.n }

    private let steps: [BoundStep<B>]
    private let input: B.View
    private let output: B.View
    private let recordings = Mutex(Recordings<B.Recording>())

    /// Prepares `network` with `parameters` for images of `height` × `width`.
    ///
    /// `microBatch` images go through the network together; any number can be given to `run`. The default of 4 is where
    /// reading the deep layers' weights is shared well enough, while memory stays that of 4 images; a session that only
    /// ever sees single images should say 1.
    ///
    /// Throws `shapeMismatch` for a size the network cannot take, `parameterMismatch`, `notFinite` for NaN weights,
    /// `outOfMemory` when the plan needs more than `memoryLimit` bytes (nil: what the backend has available).
    public init(
        network: Network, parameters: ParameterStore, backend: B, height: Int, width: Int, microBatch: Int = 4,
        memoryLimit: Int? = nil
    ) throws(NeuralNetError) {
        let shape = try Shape(n: microBatch, h: height, w: width, c: network.inputChannels)
        let plan = try InferencePlan(network: network, input: shape, backend: backend)
        try parameters.checkMatches(network)
        try MemoryLimit.check(plan.peakBytes, limit: memoryLimit, backend: backend, operation: "inference of \(shape)")
        let arena = try backend.allocate(bytes: plan.arenaBytes)
        let weights = try backend.allocate(bytes: plan.weightBytes)
        var steps: [BoundStep<B>] = []
        for step in plan.steps {
            steps.append(try BoundStep(step, backend: backend, arena: arena, weights: weights))
        }
        try WeightUploader(backend: backend, weights: weights)
            .load(plan, steps: steps, network: network, parameters: parameters)
        self.network = network
        self.plan = plan
        self.backend = backend
        self.steps = steps
        input = plan.inputOperand.view(in: arena)
        output = plan.outputOperand.view(in: arena)
    }

    /// The output for a batch of `images` images.
    public func outputShape(images: Int) throws(NeuralNetError) -> Shape { try plan.output.with(n: images) }

    /// Runs the network on N×H×W×C, any N, and gives the output N×H×W×classes. Throws as `run(_:into:progress:)`.
    public func run(
        _ input: Tensor, progress: ((InferenceProgress) -> Void)? = nil
    ) throws(NeuralNetError) -> Tensor {
        var result = try Tensor(zeros: try outputShape(images: input.shape.n))
        try run(input, into: &result, progress: progress)
        return result
    }

    /// Runs the network on N×H×W×C, any N, into the caller's tensor.
    ///
    /// Throws `shapeMismatch` for a wrong input or result shape, `notFinite` when the input or the output holds NaN or
    /// infinity, `cancelled` when the current task is cancelled (checked before every layer), `device`. After an error
    /// the result's content is undefined.
    public func run(
        _ input: Tensor, into result: inout Tensor, progress: ((InferenceProgress) -> Void)? = nil
    ) throws(NeuralNetError) {
        try check(input.shape, result.shape)
        try recordings.withLock { recordings throws(NeuralNetError) in
            try result.withMutableValues { values throws(NeuralNetError) in
                try run(input, into: values, recordings: &recordings, progress: progress)
            }
        }
    }

    /// Enqueues a pass of at most `microBatch` images without waiting for it: `fill` enqueues what writes the network's input,
    /// `use` what reads its output, a dense view; both views are theirs for the length of the call only.
    ///
    /// Nothing is checked for NaN. Throws `cancelled` when the current task is; what fails on the device is told by the next
    /// read-back or `synchronize`.
    package func enqueue(images: Int, fill: (B.View) -> Void, use: (B.View) -> Void) throws(NeuralNetError) {
        try recordings.withLock { recordings throws(NeuralNetError) in
            try checkCancelled(before: 0)
            fill(input.firstImages(images))
            if recordings.areWanted, let recording = recording(images: images, &recordings) {
                backend.replay(recording)
            } else {
                for index in steps.indices { steps[index].run(on: backend, images: images) }
            }
            use(output.firstImages(images))
        }
    }

    /// Seconds of every step of `plan.layers`, waiting after each: for benchmarks, the sum exceeds the time of `run`.
    ///
    /// `input` is one micro-batch. Throws as `run(_:into:progress:)`.
    public func timings(_ input: Tensor) throws(NeuralNetError) -> [Double] {
        try check(input.shape, try outputShape(images: input.shape.n))
        guard input.shape.n <= microBatch else {
            throw NeuralNetError(
                .shapeMismatch, operation: "timing",
                message: "One micro-batch of at most \(microBatch) images is timed, but there are \(input.shape.n).")
        }
        return try recordings.withLock { _ throws(NeuralNetError) in
            try load(input, first: 0, count: input.shape.n)
            let clock = ContinuousClock()
            var seconds: [Double] = []
            for step in steps {
                let start = clock.now
                step.run(on: backend, images: input.shape.n)
                try backend.synchronize()
                seconds.append((clock.now - start) / .seconds(1))
            }
            return seconds
        }
    }

    /// Runs the network once more on the micro-batch that the last call of `run` left on the device, and waits; the output
    /// stays there. For benchmarks, beside engines that are timed in the same way.
    ///
    /// Throws `shapeMismatch` for more images than a micro-batch, `cancelled`, `device`.
    public func runAgain(images: Int) throws(NeuralNetError) {
        guard (1...microBatch).contains(images) else {
            throw NeuralNetError(
                .shapeMismatch, operation: "timing",
                message: "One micro-batch of 1 to \(microBatch) images is run again, not \(images).")
        }
        try recordings.withLock { recordings throws(NeuralNetError) in
            try pass(images: images, recordings: &recordings) { _ in }
            try backend.synchronize()
        }
    }

    private func run(
        _ input: Tensor, into values: UnsafeMutableBufferPointer<Float>, recordings: inout Recordings<B.Recording>,
        progress: ((InferenceProgress) -> Void)?
    ) throws(NeuralNetError) {
        let batches = (input.shape.n + microBatch - 1) / microBatch
        for batch in 0..<batches {
            let first = batch * microBatch
            let count = min(microBatch, input.shape.n - first)
            try load(input, first: first, count: count)
            try pass(images: count, recordings: &recordings) { done in
                progress?(
                    InferenceProgress(
                        completedSteps: batch * steps.count + done, totalSteps: batches * steps.count))
            }
            try store(into: values, first: first, count: count)
        }
    }

    /// Enqueues all steps, recorded or one by one, and says after each how many there have been.
    private func pass(
        images: Int, recordings: inout Recordings<B.Recording>, progress: (Int) -> Void
    ) throws(NeuralNetError) {
        if recordings.areWanted, let recording = recording(images: images, &recordings) {
            try checkCancelled(before: 0)
            backend.replay(recording)
            return progress(steps.count)
        }
        // By index: iterating would copy each step to the heap.
        for index in steps.indices {
            try checkCancelled(before: index)
            steps[index].run(on: backend, images: images)
            progress(index + 1)
        }
    }

    /// What to replay for the next pass, or nil when its steps are to be run.
    private func recording(images: Int, _ recordings: inout Recordings<B.Recording>) -> B.Recording? {
        switch recordings.states[images] {
        case nil:
            recordings.states[images] = .ranOnce
            return nil
        case .ranOnce:
            let recording = backend.record {
                for index in steps.indices { steps[index].run(on: backend, images: images) }
            }
            recordings.states[images] = recording.map { .recorded($0) } ?? .refused
            return recording
        case .recorded(let recording): return recording
        case .refused: return nil
        }
    }

    private func checkCancelled(before index: Int) throws(NeuralNetError) {
        guard Task.isCancelled else { return }
        throw NeuralNetError(
            .cancelled, operation: plan.layers[index].name, message: "The caller cancelled the run.")
    }

    private func load(_ tensor: Tensor, first: Int, count: Int) throws(NeuralNetError) {
        let view = input.firstImages(count)
        tensor.withValues { values in
            let image = plan.input.count / microBatch
            let part = UnsafeBufferPointer(rebasing: values[(first * image)..<((first + count) * image)])
            backend.upload(part, to: view)
        }
        try checkFinite(view, what: "input", first: first)
    }

    private func store(
        into values: UnsafeMutableBufferPointer<Float>, first: Int, count: Int
    ) throws(NeuralNetError) {
        let view = output.firstImages(count)
        try checkFinite(view, what: "output", first: first)
        let image = plan.output.count / microBatch
        let part = UnsafeMutableBufferPointer(rebasing: values[(first * image)..<((first + count) * image)])
        try backend.download(view, to: part)
    }

    private func checkFinite(_ view: B.View, what: String, first: Int) throws(NeuralNetError) {
        let bad = try backend.countNotFinite(view)
        guard bad > 0 else { return }
        throw NeuralNetError(
            .notFinite, operation: what,
            message: "\(bad) of the \(view.shape.count) values of images \(first) to \(first + view.shape.n - 1) "
                + "are NaN or infinite.")
    }

    private func check(_ given: Shape, _ result: Shape) throws(NeuralNetError) {
        let expected = plan.input
        guard (given.h, given.w, given.c) == (expected.h, expected.w, expected.c) else {
            throw NeuralNetError(
                .shapeMismatch, operation: "input",
                message: "The session expects N×\(expected.h)×\(expected.w)×\(expected.c), but the input is \(given).")
        }
        let wanted = try outputShape(images: given.n)
        guard result == wanted else {
            throw NeuralNetError(
                .shapeMismatch, operation: "output",
                message: "The result has shape \(wanted), but the tensor for it is \(result).")
        }
    }
}

/// A session's recorded passes, one per number of images. The first pass is run step by step, so that a backend finds
/// everything loaded when it records the second.
private struct Recordings<Recording: Sendable>: Sendable {
    enum State: Sendable {
        case ranOnce
        case recorded(Recording)
        case refused
    }

    /// Whether the backend can record at all.
    let areWanted = Recording.self != Never.self
    var states: [Int: State] = [:]
}

/// How far a run has come.
public struct InferenceProgress: Hashable, Sendable {
    /// Layers done, counted over all micro-batches. A device that works in the background may still be at it.
    public let completedSteps: Int
    public let totalSteps: Int
    /// 0 … 1.
    public var fraction: Double { Double(completedSteps) / Double(totalSteps) }
}

/// The check before memory is asked for: systems that overcommit would grant anything and end the process later.
enum MemoryLimit {
    /// Throws `outOfMemory` when `bytes` exceed the limit, or without one what the backend has available.
    static func check<B: DeviceMemory>(
        _ bytes: Int, limit: Int?, backend: B, operation: String
    ) throws(NeuralNetError) {
        let allowed = limit ?? backend.availableBytes()
        guard bytes <= allowed else {
            throw NeuralNetError(
                .outOfMemory, operation: operation,
                message: "It needs \(bytes) bytes of memory, but only \(allowed) are "
                    + (limit == nil ? "available." : "allowed."))
        }
    }
}
