/// 3×3 convolutions with stride 1 and same padding.
public protocol ConvolutionOperations: DeviceMemory {
    /// How one convolution of one shape is computed.
    associatedtype ConvolutionPlan: Sendable

    /// Chooses how to convolve `input` to `outputChannels`; the same arguments give the same plan.
    func makeConvolutionPlan(input: Shape, outputChannels: Int, accuracy: ConvolutionAccuracy) -> ConvolutionPlan

    /// The plan for fewer images. Weights packed for `plan` serve it too, and it needs no more scratch memory.
    func convolutionPlan(_ plan: ConvolutionPlan, images: Int) -> ConvolutionPlan

    /// What the plan needs.
    func requirements(of plan: ConvolutionPlan) -> ConvolutionRequirements

    /// Packs HWIO weights as the plan wants them; only called when `packedBytes` is above 0.
    func packConvolution(_ plan: ConvolutionPlan, weights: Slice, packed: Slice)

    /// y = relu?(x ∗ w + bias). `weights` is packed when the plan asks for packing, else HWIO.
    func convolution(
        _ plan: ConvolutionPlan, x: View, weights: Slice, bias: Slice?, relu: Bool, y: View, scratch: Slice)

    /// HWIO weights [3][3][in][out] rotated by 180° and transposed to [3][3][out][in]: convolving the output's gradient
    /// with them gives the input's.
    func rotateConvolution(inputChannels: Int, outputChannels: Int, weights: Slice, rotated: Slice)

    /// gw (HWIO, overwritten) = the gradient of the weights from x and the output's gradient gy.
    func convolutionWeightGradient(_ plan: ConvolutionPlan, x: View, gy: View, gw: Slice, scratch: Slice)
}

/// What a convolution plan needs and what it does.
public struct ConvolutionRequirements: Hashable, Sendable {
    /// A name for tables, such as "Winograd F(6×6)".
    public let algorithm: String
    /// Bytes of the packed weights; 0 when the plan takes HWIO weights.
    public let packedBytes: Int
    public let scratchBytes: Int
    public let weightGradientScratchBytes: Int

    public init(algorithm: String, packedBytes: Int, scratchBytes: Int, weightGradientScratchBytes: Int) {
        self.algorithm = algorithm
        self.packedBytes = packedBytes
        self.scratchBytes = scratchBytes
        self.weightGradientScratchBytes = weightGradientScratchBytes
    }
}

/// What a convolution may trade for speed.
public enum ConvolutionAccuracy: Hashable, Sendable {
    /// Relative error up to 1e-5 against exact convolution: for inference and for gradients of weights.
    case standard
    /// For the forward and backward pass of training. Rounding moves values across the kinks of ReLU and max-pooling,
    /// and each that crosses changes the gradient by a whole term; so the error counts more than in inference.
    case high
}
