import CCUDA
import CCUDAKernels
import NeuralNet

/// Layers without a product.
extension CUDABackend: LayerOperations {
    public func relu(x: View, y: View) { elementwise("relu", x: x, y: y) }

    public func copy(x: View, y: View) { elementwise("copy", x: x, y: y) }

    public func scaleShift(x: View, scale: Slice, shift: Slice, relu: Bool, y: View) {
        let vector = x.isVector && y.isVector
        launch(
            "elementwise", "scale_shift" + y.suffix, items: y.groups(vector: vector),
            lt_scale_shift_arguments(
                x: x.kernel, y: y.kernel, scale: scale.address, shift: shift.address, relu: relu ? 1 : 0,
                vector: vector ? 1 : 0))
    }

    public func poolIndexBytes(output: Shape) -> Int { output.count }

    public func maxPool(x: View, y: View, indices: Slice?) {
        pool("max_pool", large: x, small: y, codes: indices)
    }

    public func maxUnpool(x: View, indices: Slice, accumulating: Bool, y: View) {
        // Without a window the others still become 0.
        let outside = accumulating ? 0 : y.shape.count - 4 * x.shape.count
        pool("max_unpool", large: y, small: x, codes: indices, accumulating: accumulating, others: outside)
    }

    public func softmax(x: View, y: View) { classes("softmax", x: x, z: x, y: y) }

    public func countNotFinite(_ x: View) throws(NeuralNetError) -> Int {
        Int(
            try readingFlatSum(as: Int64.self) {
                countNotFinite(x.address, x.element, count: x.shape.count, adding: false)
            })
    }

    public func countNotFinite(_ x: View, into count: Slice) {
        countNotFinite(x.address, x.element, count: x.shape.count, adding: false, into: count)
    }

    /// The channel with the largest value of every pixel, dense bytes: the first of equal ones; a NaN is the largest.
    package func argmax(x: View, labels: Slice) { classes("argmax", x: x, z: x, y: x, labels: labels) }

    /// How probable it is that a pixel is not background, one float32 each: one minus the softmax of class 0.
    package func foreground(x: View, probabilities: Slice) {
        var y = x.kernel
        (y.data, y.c, y.stride) = (probabilities.address, 1, 1)
        launch(
            "classes", "foreground" + x.suffix, items: x.shape.pixels,
            lt_classes_arguments(x: x.kernel, z: x.kernel, y: y, labels: 0))
    }

    // MARK: - Launches

    /// y = f(x), or f(x, z). Views without gaps are one long row of values.
    func elementwise(_ name: String, x: View, z: View? = nil, y: View) {
        let dense = x.isDense && y.isDense && z?.isDense ?? true
        let (first, second, result) = dense ? (x.flat, (z ?? x).flat, y.flat) : (x, z ?? x, y)
        let vector = first.isVector && second.isVector && result.isVector
        launch(
            "elementwise", name + y.suffix, items: result.groups(vector: vector),
            lt_elementwise_arguments(
                x: first.kernel, z: second.kernel, y: result.kernel, vector: vector ? 1 : 0))
    }

    /// A kernel of one thread per pixel.
    func classes(_ name: String, x: View, z: View, y: View, labels: Slice? = nil) {
        launch(
            "classes", name + x.suffix, items: x.shape.pixels,
            lt_classes_arguments(x: x.kernel, z: z.kernel, y: y.kernel, labels: labels?.address ?? 0))
    }

    func pool(
        _ name: String, large: View, small: View, codes: Slice?, accumulating: Bool = false, others: Int = 0
    ) {
        let lanes = 16 / small.element.bytes
        let codesAreAligned = (codes?.address ?? 0) % lt_cuda_address(lanes) == 0
        let vector = large.isVector && small.isVector && codesAreAligned
        launch(
            "pooling", name + small.suffix, items: max(small.groups(vector: vector), others),
            lt_pool_arguments(
                large: large.kernel, small: small.kernel, codes: codes?.address ?? 0,
                accumulating: accumulating ? 1 : 0, vector: vector ? 1 : 0))
    }
}
