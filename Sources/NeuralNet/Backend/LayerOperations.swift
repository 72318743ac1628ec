/// Layers without a product, as inference needs them.
public protocol LayerOperations: DeviceMemory {
    /// y = max(x, 0); x and y may be the same.
    func relu(x: View, y: View)
    /// y = relu?(x · scale + shift), per channel; x and y may be the same.
    func scaleShift(x: View, scale: Slice, shift: Slice, relu: Bool, y: View)

    /// Bytes of the indices of a pooling whose output has this shape.
    func poolIndexBytes(output: Shape) -> Int
    /// 2×2 max-pooling; `indices` (nil: not wanted) remember which of the four won.
    func maxPool(x: View, y: View, indices: Slice?)
    /// y = 0 except at the winners, which get x. With `accumulating`, y(winner) += x and the others stay.
    func maxUnpool(x: View, indices: Slice, accumulating: Bool, y: View)

    /// y = x.
    func copy(x: View, y: View)
    /// Softmax over channels; x and y may be the same.
    func softmax(x: View, y: View)

    /// How many of a dense view's values are NaN or infinite; waits for the work so far.
    func countNotFinite(_ x: View) throws(NeuralNetError) -> Int
    /// The same count, as an Int64 into `count`, without waiting.
    func countNotFinite(_ x: View, into count: Slice)
}
