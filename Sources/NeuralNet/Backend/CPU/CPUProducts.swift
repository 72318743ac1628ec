import CKernels

/// 1×1 and 2×2 transposed convolutions, forward.
extension CPUBackend {
    public func packedConvolution1x1Bytes(inputChannels: Int, outputChannels: Int) -> Int {
        lt_product_packed_floats(context, Int64(inputChannels), Int64(outputChannels)).floatBytes
    }

    public func packConvolution1x1(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice) {
        lt_product_pack(
            context, Int64(inputChannels), Int64(outputChannels), weights.floats, Int64(outputChannels), packed.floats)
    }

    public func convolution1x1(x: View, packed: Slice, bias: Slice?, relu: Bool, y: View) {
        lt_conv1x1_forward(context, x.kernel, packed.floats, bias?.floats, relu ? 1 : 0, y.kernel)
    }

    public func packedTransposedBytes(inputChannels: Int, outputChannels: Int) -> Int {
        4 * packedConvolution1x1Bytes(inputChannels: inputChannels, outputChannels: outputChannels)
    }

    public func packTransposed(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice) {
        let k = Int64(inputChannels)
        let n = Int64(outputChannels)
        let floats = Int(lt_product_packed_floats(context, k, n))
        // The four taps are interleaved in a row of weights: [in][4][out].
        for tap in 0..<4 {
            lt_product_pack(
                context, k, n, weights.floats + tap * outputChannels, 4 * n, packed.floats + tap * floats)
        }
    }

    public func transposedConvolution(x: View, packed: Slice, bias: Slice?, y: View) {
        lt_transposed2x2_forward(context, x.kernel, packed.floats, bias?.floats, y.kernel)
    }
}
