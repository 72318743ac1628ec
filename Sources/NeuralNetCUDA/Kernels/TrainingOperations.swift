import CCUDAKernels
import NeuralNet

/// Gradients of layers without a product; statistics are in ChannelOperations, the loss in LossOperations.
extension CUDABackend: TrainingOperations {
    public func reluBackward(y: View, gy: View, gx: View) { elementwise("relu_backward", x: y, z: gy, y: gx) }

    public func maxGather(x: View, indices: Slice, y: View) { pool("max_gather", large: x, small: y, codes: indices) }

    public func dropout(x: View, rate: Float, seed: UInt64, y: View) {
        guard rate < 1 else { return elementwise("clear", x: y, y: y) }
        let (first, result) = x.isDense && y.isDense ? (x.flat, y.flat) : (x, y)
        let vector = first.isVector && result.isVector
        launch(
            "dropout", "dropout" + y.suffix, items: result.groups(vector: vector),
            lt_dropout_arguments(
                x: first.kernel, y: result.kernel, mixed_seed: CUDABackend.splitMix(seed),
                threshold: Int32(rate * 16_777_216 + 0.5), scale: 1 / (1 - rate), vector: vector ? 1 : 0))
    }

    public func softmaxBackward(y: View, gy: View, gx: View) { classes("softmax_backward", x: y, z: gy, y: gx) }

    public func add(x: View, y: View) { elementwise("add", x: x, z: y, y: y) }

    /// SplitMix64's finaliser (Steele, Lea & Flood 2014), as the kernel's.
    private static func splitMix(_ seed: UInt64) -> UInt64 {
        var z = seed &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
