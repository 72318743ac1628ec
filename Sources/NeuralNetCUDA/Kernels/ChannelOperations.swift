import CCUDA
import CCUDAKernels
import NeuralNet

/// Sums over the pixels of each channel: biases' gradients and batch normalisation.
extension CUDABackend {
    public func channelScratchBytes(channels: Int) -> Int { ChannelScratch(channels: channels).bytes }

    public func channelMoments(x: View, mean: Slice, variance: Slice, scratch: Slice) {
        let sums = channelSums("channel_moments", x: x, scratch: scratch)
        finish("channel_moments_finish", sums, first: mean.address, second: variance.address)
    }

    public func channelSums(x: View, sums: Slice, scratch: Slice) {
        let partial = channelSums("channel_sums", x: x, scratch: scratch)
        finish("channel_sums_finish", partial, first: sums.address, second: 0)
    }

    public func batchNormConstants(
        mean: Slice, variance: Slice, gamma: Slice, beta: Slice, epsilon: Float, inverseStd: Slice, scale: Slice,
        shift: Slice
    ) {
        let channels = mean.bytes / MemoryLayout<Float>.size
        launch(
            "channels", "batch_norm_constants", items: channels,
            lt_norm_constants_arguments(
                mean: mean.address, variance: variance.address, gamma: gamma.address, beta: beta.address,
                inverse_std: inverseStd.address, scale: scale.address, shift: shift.address,
                channels: Int64(channels), epsilon: epsilon, from_variance: 1))
    }

    public func updateRunningStatistics(
        mean: Slice, variance: Slice, pixels: Int, momentum: Float, runningMean: Slice, runningVariance: Slice,
        unless failures: Slice?
    ) {
        let channels = mean.bytes / MemoryLayout<Float>.size
        // Bessel's correction; of a single value the unbiased variance does not exist.
        let unbiased = pixels > 1 ? Float(Double(pixels) / Double(pixels - 1)) : 1
        launch(
            "channels", "running_statistics", items: channels,
            lt_running_statistics_arguments(
                mean: mean.address, variance: variance.address, running_mean: runningMean.address,
                running_variance: runningVariance.address, failures: failures?.address ?? 0,
                channels: Int64(channels), momentum: momentum, unbiased: unbiased))
    }

    public func batchNormBackward(
        x: View, mean: Slice, inverseStd: Slice, gamma: Slice, beta: Slice, relu: Bool, gy: View, gx: View,
        gammaGradient: Slice, betaGradient: Slice, scratch: Slice
    ) {
        let memory = ChannelScratch(channels: x.shape.c)
        let (scale, shift) = (scratch.address + memory.scale, scratch.address + memory.shift)
        launch(
            "channels", "batch_norm_constants", items: x.shape.c,
            lt_norm_constants_arguments(
                mean: mean.address, variance: 0, gamma: gamma.address, beta: beta.address,
                inverse_std: inverseStd.address, scale: scale, shift: shift, channels: Int64(x.shape.c), epsilon: 0,
                from_variance: 0))
        let sums = channelSums(
            "norm_sums", x: x, gy: gy, mean: mean.address, scale: scale, shift: shift, relu: relu, scratch: scratch)
        let constants = scratch.address + memory.constants
        finish(
            "norm_sums_finish", sums, first: gammaGradient.address, second: betaGradient.address, scale: scale,
            inverseStd: inverseStd.address, constants: constants)
        let vector = x.isVector && gy.isVector && gx.isVector
        launch(
            "channels", "norm_apply" + x.suffix, items: x.groups(vector: vector),
            lt_norm_apply_arguments(
                x: x.kernel, gy: gy.kernel, gx: gx.kernel, mean: mean.address, scale: scale, shift: shift,
                constants: constants, relu: relu ? 1 : 0, vector: vector ? 1 : 0))
    }

    /// The first pass; gives what the second needs.
    private func channelSums(
        _ name: String, x: View, gy: View? = nil, mean: lt_address = 0, scale: lt_address = 0, shift: lt_address = 0,
        relu: Bool = false, scratch: Slice
    ) -> lt_channel_finish_arguments {
        let vector = x.isVector && gy?.isVector ?? true
        let groups = x.shape.c / (vector ? 16 / x.element.bytes : 1)
        let split = ChannelSplit(pixels: x.shape.pixels, channels: x.shape.c, groups: groups)
        launch(
            "channels", name + x.suffix, blocks: LaunchSize(split.blocksAcross, split.shares),
            lt_channel_sums_arguments(
                x: x.kernel, gy: (gy ?? x).kernel, split: split.kernel, mean: mean, scale: scale, shift: shift,
                partials: scratch.address, relu: relu ? 1 : 0, vector: vector ? 1 : 0))
        return lt_channel_finish_arguments(
            split: split.kernel, channels: Int64(x.shape.c), partials: scratch.address, first: 0, second: 0, scale: 0,
            inverse_std: 0, constants: 0)
    }

    private func finish(
        _ name: String, _ sums: lt_channel_finish_arguments, first: lt_address, second: lt_address,
        scale: lt_address = 0, inverseStd: lt_address = 0, constants: lt_address = 0
    ) {
        var sums = sums
        (sums.first, sums.second, sums.scale) = (first, second, scale)
        (sums.inverse_std, sums.constants) = (inverseStd, constants)
        launch("channels", name, blocks: LaunchSize((Int(sums.channels) + 31) / 32), sums)
    }
}

/// How the pixels of a reduction are shared out; from the shape alone, so that sums keep their order.
struct ChannelSplit {
    let pixels: Int
    let sharePixels: Int
    let shares: Int
    /// Groups of channels that a block takes: a power of two, so that its rows can be joined as a tree.
    let groupsPerBlock: Int
    let blocksAcross: Int

    /// Most shares for so many channels: enough blocks to fill a device, and partial sums of at most a MiB.
    static func mostShares(channels: Int) -> Int { min(512, max(64, 32768 / max(channels, 1))) }

    init(pixels: Int, channels: Int, groups: Int) {
        var across = 1
        while across < 32, across < groups { across *= 2 }
        // A share is worth its block when every row of threads has several pixels.
        let rows = LaunchGrid.threads / across
        let most = ChannelSplit.mostShares(channels: channels)
        self.pixels = pixels
        sharePixels = max((pixels + most - 1) / most, 8 * rows)
        shares = (pixels + sharePixels - 1) / sharePixels
        groupsPerBlock = across
        blocksAcross = (groups + across - 1) / across
    }

    var kernel: lt_channel_split {
        lt_channel_split(
            pixels: Int64(pixels), share_pixels: Int64(sharePixels), shares: Int32(shares),
            threads_across: Int32(groupsPerBlock))
    }
}

/// Scratch memory of the operations over channels: the shares' two doubles a channel, then scale, shift and two constants.
struct ChannelScratch {
    let scale, shift, constants: lt_address
    let bytes: Int

    init(channels: Int) {
        let partials = ChannelSplit.mostShares(channels: channels) * 2 * channels * MemoryLayout<Double>.size
        let floats = channels * MemoryLayout<Float>.size
        scale = lt_address(partials)
        shift = lt_address(partials + floats)
        constants = lt_address(partials + 2 * floats)
        bytes = partials + 4 * floats
    }
}
