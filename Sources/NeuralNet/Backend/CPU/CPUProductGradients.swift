import CKernels

/// Gradients of 1×1 and transposed convolutions, on OpenBLAS.
extension CPUBackend {
    public func convolution1x1GradientScratchBytes(input: Shape, outputChannels: Int) -> Int {
        let split = TransposedProductSplit(length: input.pixels, rows: input.c, columns: outputChannels)
        return split.scratchFloats * MemoryLayout<Float>.size
    }

    public func convolution1x1DataGradientScratchBytes(inputChannels: Int, outputChannels: Int) -> Int { 0 }

    public func convolution1x1DataGradient(gy: View, weights: Slice, gx: View, scratch: Slice) {
        let matrix = Matrix(data: weights.floats, rows: gx.shape.c, columns: gy.shape.c, stride: gy.shape.c)
        context.productWithTransposed(gy.matrix, matrix, into: gx.matrix)
    }

    public func convolution1x1WeightGradient(x: View, gy: View, gw: Slice, scratch: Slice) {
        let matrix = Matrix(data: gw.floats, rows: x.shape.c, columns: gy.shape.c, stride: gy.shape.c)
        context.productOfTransposed(x.matrix, gy.matrix, into: matrix, scratch: scratch.floats)
    }

    public func transposedGradientScratchBytes(input: Shape, outputChannels: Int) -> Int {
        let split = TransposedProductSplit(length: input.pixels, rows: input.c, columns: 4 * outputChannels)
        return (input.pixels * 4 * outputChannels + split.scratchFloats) * MemoryLayout<Float>.size
    }

    public func transposedGradients(x: View, gy: View, weights: Slice, gx: View?, gw: Slice?, scratch: Slice) {
        // With the four taps of a pixel side by side both gradients are one matrix product each.
        let columns = 4 * gy.shape.c
        lt_transposed2x2_gather(context, gy.kernel, scratch.floats)
        let rows = Matrix(data: scratch.floats, rows: x.shape.pixels, columns: columns, stride: columns)
        if let gx {
            let matrix = Matrix(data: weights.floats, rows: x.shape.c, columns: columns, stride: columns)
            context.productWithTransposed(rows, matrix, into: gx.matrix)
        }
        guard let gw else { return }
        let gradient = Matrix(data: gw.floats, rows: x.shape.c, columns: columns, stride: columns)
        context.productOfTransposed(
            x.matrix, rows, into: gradient, scratch: scratch.floats + x.shape.pixels * columns)
    }
}

extension DeviceView where Buffer == CPUBuffer {
    /// Pixels as rows, channels as columns.
    fileprivate var matrix: Matrix {
        Matrix(data: kernel.data, rows: shape.pixels, columns: shape.c, stride: stride)
    }
}
