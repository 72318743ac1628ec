/// 1×1 convolutions and 2×2 transposed convolutions: products of pixels with a matrix.
public protocol ProductOperations: DeviceMemory {
    /// Bytes of packed 1×1 weights.
    func packedConvolution1x1Bytes(inputChannels: Int, outputChannels: Int) -> Int
    /// Packs weights [in][out].
    func packConvolution1x1(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice)
    /// y = relu?(x · w + bias), w packed.
    func convolution1x1(x: View, packed: Slice, bias: Slice?, relu: Bool, y: View)

    /// Bytes of packed transposed weights.
    func packedTransposedBytes(inputChannels: Int, outputChannels: Int) -> Int
    /// Packs weights [in][2][2][out].
    func packTransposed(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice)
    /// y at (2i+a, 2j+b) = x(i, j) · w[a][b] + bias, w packed; y is twice as high and wide as x.
    func transposedConvolution(x: View, packed: Slice, bias: Slice?, y: View)

    /// Scratch bytes of `convolution1x1WeightGradient` for this input.
    func convolution1x1GradientScratchBytes(input: Shape, outputChannels: Int) -> Int
    /// Scratch bytes of `convolution1x1DataGradient`.
    func convolution1x1DataGradientScratchBytes(inputChannels: Int, outputChannels: Int) -> Int
    /// gx = gy · wᵀ, w unpacked [in][out].
    func convolution1x1DataGradient(gy: View, weights: Slice, gx: View, scratch: Slice)
    /// gw [in][out] (overwritten) = xᵀ · gy.
    func convolution1x1WeightGradient(x: View, gy: View, gw: Slice, scratch: Slice)

    /// Scratch bytes of `transposedGradients` for this input of the forward pass.
    func transposedGradientScratchBytes(input: Shape, outputChannels: Int) -> Int
    /// Both gradients, each nil where it is not wanted: gx from gy and the unpacked weights [in][2][2][out]; gw, of the
    /// weights' layout, from x and gy. `x` has the shape of the forward pass's input also where only gx is wanted.
    func transposedGradients(x: View, gy: View, weights: Slice, gx: View?, gw: Slice?, scratch: Slice)
}
