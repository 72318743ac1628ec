import CCUDA
import NeuralNet

/// 1×1 and 2×2 transposed convolutions as matrix products. A channels-last activation is, by columns, channels × pixels; so
/// y (out × pixels) = w (out × in) · x (in × pixels), where weights [in][out] are out × in by columns as they are.
extension CUDABackend: ProductOperations {
    public func packedConvolution1x1Bytes(inputChannels: Int, outputChannels: Int) -> Int {
        inputChannels * outputChannels * options.element.bytes
    }

    public func packConvolution1x1(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice) {
        cast(weights.address, .float32, to: packed.address, options.element, count: inputChannels * outputChannels)
    }

    public func convolution1x1(x: View, packed: Slice, bias: Slice?, relu: Bool, y: View) {
        let product = Product(
            m: y.shape.c, n: x.shape.pixels, k: x.shape.c, a: weights(packed.address, columnStride: y.shape.c),
            b: operand(x), d: operand(y))
        multiply(product, packed.address, x.address, into: y, bias: bias, relu: relu)
    }

    public func packedTransposedBytes(inputChannels: Int, outputChannels: Int) -> Int {
        4 * packedConvolution1x1Bytes(inputChannels: inputChannels, outputChannels: outputChannels)
    }

    public func packTransposed(inputChannels: Int, outputChannels: Int, weights: Slice, packed: Slice) {
        cast(weights.address, .float32, to: packed.address, options.element, count: 4 * inputChannels * outputChannels)
    }

    public func transposedConvolution(x: View, packed: Slice, bias: Slice?, y: View) {
        // One product per tap, which writes every second pixel of every second row by itself: a batch of rows whose columns
        // are two pixels apart. Against one product and a kernel that distributes its result, it needs no memory for the
        // result and reads x four times, which the cache keeps.
        let size = options.element.bytes
        for tap in 0..<4 {
            let weights = packed.address + lt_cuda_address(tap * y.shape.c * size)
            let first = y.address + lt_cuda_address((tap / 2 * y.shape.w + tap % 2) * y.stride * size)
            var input = operand(x)
            input.batchStride = x.shape.w * x.stride
            let product = Product(
                m: y.shape.c, n: x.shape.w, k: x.shape.c, batch: x.shape.n * x.shape.h,
                a: self.weights(weights, columnStride: 4 * y.shape.c), b: input,
                d: Product.Operand(
                    element: y.element, columnStride: 2 * y.stride, batchStride: 2 * y.shape.w * y.stride,
                    alignment: alignment(first)))
            var fused = product
            fused.hasBias = bias != nil
            if products.run(fused, a: weights, b: x.address, d: first, bias: bias?.address) { continue }
            if bias == nil || !products.run(product, a: weights, b: x.address, d: first, bias: nil) {
                return refuse(product)
            }
            // The bias of all four taps at once, behind the last.
            if tap == 3 { finish(y, bias: bias, relu: false) }
        }
    }

    // MARK: - Gradients

    public func convolution1x1DataGradientScratchBytes(inputChannels: Int, outputChannels: Int) -> Int {
        options.element == .float32 ? 0 : inputChannels * outputChannels * options.element.bytes
    }

    public func convolution1x1DataGradient(gy: View, weights: Slice, gx: View, scratch: Slice) {
        let matrix = rounded(weights, scratch)
        var transposed = self.weights(matrix, columnStride: gy.shape.c)
        transposed.isTransposed = true
        let product = Product(
            m: gx.shape.c, n: gy.shape.pixels, k: gy.shape.c, a: transposed, b: operand(gy), d: operand(gx))
        multiply(product, matrix, gy.address, into: gx, bias: nil, relu: false)
    }

    public func convolution1x1GradientScratchBytes(input: Shape, outputChannels: Int) -> Int { 0 }

    public func convolution1x1WeightGradient(x: View, gy: View, gw: Slice, scratch: Slice) {
        weightGradient(x, operand(gy), gy.address, columns: gy.shape.c, gw)
    }

    public func transposedGradientScratchBytes(input: Shape, outputChannels: Int) -> Int {
        let size = options.element.bytes
        let weights = size == 4 ? 0 : 4 * input.c * outputChannels * size
        return aligned(input.pixels * 4 * outputChannels * size) + weights
    }

    public func transposedGradients(x: View, gy: View, weights: Slice, gx: View?, gw: Slice?, scratch: Slice) {
        // With the four taps of a pixel side by side both gradients are one product each.
        let columns = 4 * gy.shape.c
        let size = options.element.bytes
        gatherCorners(gy, to: scratch.address)
        let rows = Product.Operand(element: options.element, columnStride: columns)
        if let gx {
            let start = aligned(x.shape.pixels * columns * size)
            let matrix = rounded(weights, scratch.part(start, scratch.bytes - start))
            var transposed = self.weights(matrix, columnStride: columns)
            transposed.isTransposed = true
            let product = Product(
                m: gx.shape.c, n: x.shape.pixels, k: columns, a: transposed, b: rows, d: operand(gx))
            multiply(product, matrix, scratch.address, into: gx, bias: nil, relu: false)
        }
        if let gw { weightGradient(x, rows, scratch.address, columns: columns, gw) }
    }

    // MARK: - Parts

    /// gw (columns × in) = gradient (columns × pixels) · xᵀ, in float32.
    private func weightGradient(
        _ x: View, _ gradient: Product.Operand, _ address: lt_cuda_address, columns: Int, _ gw: Slice
    ) {
        var transposed = operand(x)
        transposed.isTransposed = true
        let product = Product(
            m: columns, n: x.shape.c, k: x.shape.pixels, a: gradient, b: transposed,
            d: Product.Operand(element: .float32, columnStride: columns, alignment: alignment(gw.address)))
        if !products.run(product, a: address, b: x.address, d: gw.address, bias: nil) { refuse(product) }
    }

    private func multiply(
        _ product: Product, _ a: lt_cuda_address, _ b: lt_cuda_address, into y: View, bias: Slice?, relu: Bool
    ) {
        var fused = product
        fused.hasBias = bias != nil
        fused.hasReLU = relu
        if products.run(fused, a: a, b: b, d: y.address, bias: bias?.address) { return }
        guard fused != product, products.run(product, a: a, b: b, d: y.address, bias: nil) else {
            return refuse(product)
        }
        finish(y, bias: bias, relu: relu)
    }

    private func refuse(_ product: Product) {
        context.fail(
            NeuralNetError(
                .device, operation: "product \(product.m)×\(product.n)×\(product.k)",
                message: "cuBLASLt has no way to compute it as \(options.element.rawValue)."))
    }

    /// The weights as products take them: themselves, or rounded into scratch memory.
    private func rounded(_ weights: Slice, _ scratch: Slice) -> lt_cuda_address {
        guard options.element != .float32 else { return weights.address }
        cast(
            weights.address, .float32, to: scratch.address, options.element,
            count: weights.bytes / MemoryLayout<Float>.size)
        return scratch.address
    }

    private func weights(_ address: lt_cuda_address, columnStride: Int) -> Product.Operand {
        Product.Operand(element: options.element, columnStride: columnStride, alignment: alignment(address))
    }

    private func operand(_ view: View) -> Product.Operand {
        Product.Operand(element: view.element, columnStride: view.stride, alignment: alignment(view.address))
    }

    private func alignment(_ address: lt_cuda_address) -> Int { min(16, Int(address & (0 &- address))) }
}
