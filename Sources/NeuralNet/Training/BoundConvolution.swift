/// A 3×3 convolution of a training step: its plan, its weights and its scratch memory's parts.
///
/// The weights change with every step, so a plan that wants them packed has them packed each time.
struct BoundConvolution<B: Backend>: Sendable {
    let plan: B.ConvolutionPlan
    let weights: B.Slice
    let rotated: B.Slice
    let packed: B.Slice
    let scratch: B.Slice

    init(
        shape: ConvolutionShape, weights: B.Slice, scratch: B.Slice, parts: TrainingScratch, backend: B
    ) {
        plan = backend.makeConvolutionPlan(shape)
        self.weights = weights
        func part(_ offset: Int, _ bytes: Int) -> B.Slice {
            DeviceSlice(buffer: scratch.buffer, offset: scratch.offset + offset, bytes: bytes)
        }
        rotated = part(0, parts.rotated)
        packed = part(ArenaLayout.aligned(parts.rotated), parts.packed)
        self.scratch = part(ArenaLayout.aligned(parts.rotated) + ArenaLayout.aligned(parts.packed), parts.operation)
    }

    /// y = relu?(x ∗ w + bias).
    func forward(_ x: B.View, bias: B.Slice?, relu: Bool, _ y: B.View, on backend: B) {
        backend.convolution(
            plan, x: x, weights: packing(weights, on: backend), bias: bias, relu: relu, y: y, scratch: scratch)
    }

    /// The gradient of the input: the output's gradient convolved with the rotated weights.
    func dataGradient(_ gy: B.View, _ gx: B.View, on backend: B) {
        backend.rotateConvolution(
            inputChannels: gx.shape.c, outputChannels: gy.shape.c, weights: weights, rotated: rotated)
        backend.convolution(
            plan, x: gy, weights: packing(rotated, on: backend), bias: nil, relu: false, y: gx, scratch: scratch)
    }

    private func packing(_ weights: B.Slice, on backend: B) -> B.Slice {
        guard packed.bytes > 0 else { return weights }
        backend.packConvolution(plan, weights: weights, packed: packed)
        return packed
    }
}

/// A batch normalisation of a training step: its parameters and what its forward pass leaves for the backward pass.
struct BoundNormalization<B: Backend>: Sendable {
    let gamma, beta, gammaGradient, betaGradient: B.Slice
    let runningMean, runningVariance: B.Slice
    let mean, variance, inverseStd, scale, shift: B.Slice
    let relu: Bool
    let scratch: B.Slice

    init(_ name: String, relu: Bool, scratch: B.Slice, memory: TrainingMemory<B>) {
        gamma = memory.parameter("\(name).weight")
        beta = memory.parameter("\(name).bias")
        gammaGradient = memory.gradient("\(name).weight")
        betaGradient = memory.gradient("\(name).bias")
        runningMean = memory.statistic("\(name).running_mean")
        runningVariance = memory.statistic("\(name).running_var")
        mean = memory.batchStatistic(.mean, of: name)
        variance = memory.batchStatistic(.variance, of: name)
        inverseStd = memory.batchStatistic(.inverseStd, of: name)
        scale = memory.batchStatistic(.scale, of: name)
        shift = memory.batchStatistic(.shift, of: name)
        self.relu = relu
        self.scratch = scratch
    }

    /// y = relu?(γ·(x − mean)/√(variance + ε) + β), the moments those of the batch.
    func forward(_ x: B.View, _ y: B.View, epsilon: Float, on backend: B) {
        backend.channelMoments(x: x, mean: mean, variance: variance, scratch: scratch)
        backend.batchNormConstants(
            mean: mean, variance: variance, gamma: gamma, beta: beta, epsilon: epsilon, inverseStd: inverseStd,
            scale: scale, shift: shift)
        backend.scaleShift(x: x, scale: scale, shift: shift, relu: relu, y: y)
    }

    func backward(_ x: B.View, _ gy: B.View, _ gx: B.View, on backend: B) {
        backend.batchNormBackward(
            x: x, mean: mean, inverseStd: inverseStd, gamma: gamma, beta: beta, relu: relu, gy: gy, gx: gx,
            gammaGradient: gammaGradient, betaGradient: betaGradient, scratch: scratch)
    }

    /// Moves the running statistics towards the batch's, unless there were failures.
    func track(pixels: Int, momentum: Float, unless failures: B.Slice, on backend: B) {
        backend.updateRunningStatistics(
            mean: mean, variance: variance, pixels: pixels, momentum: momentum, runningMean: runningMean,
            runningVariance: runningVariance, unless: failures)
    }
}
