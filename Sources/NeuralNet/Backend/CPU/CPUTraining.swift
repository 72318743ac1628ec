import CKernels

/// Statistics and gradients of layers without a product.
extension CPUBackend {
    public func channelScratchBytes(channels: Int) -> Int {
        lt_channel_scratch_floats(context, Int64(channels)).floatBytes
    }

    public func channelMoments(x: View, mean: Slice, variance: Slice, scratch: Slice) {
        lt_channel_moments(context, x.kernel, mean.floats, variance.floats, scratch.floats)
    }

    public func channelSums(x: View, sums: Slice, scratch: Slice) {
        lt_channel_sums(context, x.kernel, sums.floats, scratch.floats)
    }

    public func batchNormConstants(
        mean: Slice, variance: Slice, gamma: Slice, beta: Slice, epsilon: Float, inverseStd: Slice, scale: Slice,
        shift: Slice
    ) {
        for channel in 0..<mean.floatCount {
            inverseStd.floats[channel] = Float(1 / (Double(variance.floats[channel]) + Double(epsilon)).squareRoot())
        }
        lt_batch_norm_scale_shift(
            Int64(mean.floatCount), mean.floats, inverseStd.floats, gamma.floats, beta.floats, scale.floats,
            shift.floats)
    }

    public func updateRunningStatistics(
        mean: Slice, variance: Slice, pixels: Int, momentum: Float, runningMean: Slice, runningVariance: Slice,
        unless failures: Slice?
    ) {
        guard !failures.countsAny else { return }
        // Bessel's correction; of a single value the unbiased variance does not exist and PyTorch refuses to train.
        let unbiased = pixels > 1 ? Float(Double(pixels) / Double(pixels - 1)) : 1
        for channel in 0..<mean.floatCount {
            runningMean.floats[channel] += momentum * (mean.floats[channel] - runningMean.floats[channel])
            let batch = variance.floats[channel] * unbiased
            runningVariance.floats[channel] += momentum * (batch - runningVariance.floats[channel])
        }
    }

    public func batchNormBackward(
        x: View, mean: Slice, inverseStd: Slice, gamma: Slice, beta: Slice, relu: Bool, gy: View, gx: View,
        gammaGradient: Slice, betaGradient: Slice, scratch: Slice
    ) {
        lt_batch_norm_backward(
            context, x.kernel, mean.floats, inverseStd.floats, gamma.floats, beta.floats, relu ? 1 : 0, gy.kernel,
            gx.kernel, gammaGradient.floats, betaGradient.floats, scratch.floats)
    }

    public func reluBackward(y: View, gy: View, gx: View) {
        lt_relu_backward(context, y.kernel, gy.kernel, gx.kernel)
    }

    public func maxGather(x: View, indices: Slice, y: View) {
        lt_max_gather(context, x.kernel, indices.indices, y.kernel)
    }

    public func dropout(x: View, rate: Float, seed: UInt64, y: View) {
        lt_dropout(context, x.kernel, rate, seed, y.kernel)
    }

    public func softmaxBackward(y: View, gy: View, gx: View) {
        let pixelsPerTask = 1024
        context.parallel((y.shape.pixels + pixelsPerTask - 1) / pixelsPerTask) { task in
            for pixel in (task * pixelsPerTask)..<min(y.shape.pixels, (task + 1) * pixelsPerTask) {
                let probabilities = y.kernel.data + pixel * y.stride
                let above = gy.kernel.data + pixel * gy.stride
                let below = gx.kernel.data + pixel * gx.stride
                var dot: Float = 0
                for channel in 0..<y.shape.c { dot += probabilities[channel] * above[channel] }
                for channel in 0..<y.shape.c { below[channel] = probabilities[channel] * (above[channel] - dot) }
            }
        }
    }

    public func add(x: View, y: View) { lt_add(context, x.kernel, y.kernel) }
}
