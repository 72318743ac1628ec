/// 3×3 convolutions with stride 1 and same padding.
public protocol ConvolutionOperations: DeviceMemory {
    /// How one convolution of one shape is computed.
    associatedtype ConvolutionPlan: Sendable

    /// Chooses how to convolve operands of this shape; the same shape gives the same plan.
    func makeConvolutionPlan(_ shape: ConvolutionShape) -> ConvolutionPlan

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

    /// Scratch bytes of `convolutionWeightGradient`.
    func weightGradientScratchBytes(of plan: ConvolutionPlan) -> Int
    /// gw (HWIO, overwritten) = the gradient of the weights from x and the output's gradient gy.
    func convolutionWeightGradient(_ plan: ConvolutionPlan, x: View, gy: View, gw: Slice, scratch: Slice)
}

extension ConvolutionOperations {
    /// A plan for dense operands.
    public func makeConvolutionPlan(
        input: Shape, outputChannels: Int, accuracy: ConvolutionAccuracy
    ) -> ConvolutionPlan {
        makeConvolutionPlan(ConvolutionShape(input: input, outputChannels: outputChannels, accuracy: accuracy))
    }
}

/// What a convolution plan is made for: the shapes, and how the operands' pixels lie in memory.
public struct ConvolutionShape: Hashable, Sendable {
    public let input: Shape
    public let outputChannels: Int
    public let inputPixels: PixelLayout
    public let outputPixels: PixelLayout
    public let accuracy: ConvolutionAccuracy

    /// `inputPixels` and `outputPixels`: nil means dense.
    public init(
        input: Shape, outputChannels: Int, inputPixels: PixelLayout? = nil, outputPixels: PixelLayout? = nil,
        accuracy: ConvolutionAccuracy
    ) {
        self.input = input
        self.outputChannels = outputChannels
        self.inputPixels = inputPixels ?? PixelLayout(stride: input.c)
        self.outputPixels = outputPixels ?? PixelLayout(stride: outputChannels)
        self.accuracy = accuracy
    }
}

/// Where the channels of an activation's pixels are, in values.
public struct PixelLayout: Hashable, Sendable {
    /// From one pixel to the next.
    public let stride: Int
    /// The channel of the wider tensor that is the activation's first. The wider tensor begins at a multiple of 64 bytes.
    public let firstChannel: Int

    public init(stride: Int, firstChannel: Int = 0) {
        self.stride = stride
        self.firstChannel = firstChannel
    }
}

/// What a convolution plan needs and what it does.
public struct ConvolutionRequirements: Hashable, Sendable {
    /// A name for tables, such as "Winograd F(6×6)".
    public let algorithm: String
    /// Bytes of the packed weights; 0 when the plan takes HWIO weights.
    public let packedBytes: Int
    public let scratchBytes: Int

    public init(algorithm: String, packedBytes: Int, scratchBytes: Int) {
        self.algorithm = algorithm
        self.packedBytes = packedBytes
        self.scratchBytes = scratchBytes
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
