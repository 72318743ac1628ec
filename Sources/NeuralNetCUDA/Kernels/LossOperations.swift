import CCUDA
import CCUDAKernels
import NeuralNet

extension CUDABackend {
    public func lossScratchBytes(logits: Shape) -> Int { LossSplit(logits).bytes }

    public var lossResultBytes: Int { MemoryLayout<lt_device_loss_result>.size }

    public func loss(
        logits: View, labels: Slice, options: LossOptions<CUDABuffer>, gradient: View, result: Slice, scratch: Slice
    ) {
        let split = LossSplit(logits.shape)
        let arguments = lt_loss_arguments(
            logits: logits.kernel, gradient: gradient.kernel, labels: labels.address,
            class_weights: options.classWeights?.address ?? 0, partials: scratch.address,
            constants: scratch.address + lt_address(split.partialBytes), result: result.address,
            share_pixels: Int64(split.sharePixels), shares: Int32(split.shares),
            ignored: options.ignoredLabel.map { Int32($0) } ?? -1, cross_entropy_weight: options.crossEntropyWeight,
            dice_weight: options.diceWeight, gradient_scale: options.gradientScale, unused: 0)
        launch("loss", "loss_sums" + logits.suffix, blocks: LaunchSize(split.shares), arguments)
        launch("loss", "loss_finish", blocks: LaunchSize(1), arguments)
        launch("loss", "loss_gradient" + logits.suffix, items: logits.shape.pixels, arguments)
    }

    public func lossResult(_ bytes: UnsafeRawBufferPointer) -> LossResult {
        let value = bytes.loadUnaligned(as: lt_device_loss_result.self)
        return LossResult(
            loss: value.loss, crossEntropy: value.cross_entropy, diceLoss: value.dice_loss,
            countedPixels: Int(value.counted), badLabels: Int(value.bad_labels))
    }

    /// Waits for the work so far and reads one value.
    func read<Value: BitwiseCopyable>(
        _ slice: Slice, as type: Value.Type, _ initial: Value
    ) throws(NeuralNetError) -> Value {
        var value = initial
        var failure: NeuralNetError?
        withUnsafeMutableBytes(of: &value) { bytes in
            do throws(NeuralNetError) { try download(slice, to: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return value
    }
}

/// How the loss's pixels are shared out, from the shape alone; and its scratch memory: 4 + 3·classes doubles a share and
/// once more for the totals, then 3·classes float32.
struct LossSplit {
    let sharePixels: Int
    let shares: Int
    let partialBytes: Int
    let bytes: Int

    init(_ logits: Shape) {
        sharePixels = max((logits.pixels + 511) / 512, 8 * LaunchGrid.threads)
        shares = (logits.pixels + sharePixels - 1) / sharePixels
        partialBytes = (shares + 1) * (4 + 3 * logits.c) * MemoryLayout<Double>.size
        bytes = partialBytes + 3 * logits.c * MemoryLayout<Float>.size
    }
}
