import CKernels

/// Layers without a product.
extension CPUBackend {
    public func relu(x: View, y: View) { lt_relu_forward(context, x.kernel, y.kernel) }

    public func scaleShift(x: View, scale: Slice, shift: Slice, relu: Bool, y: View) {
        lt_scale_shift(context, x.kernel, scale.floats, shift.floats, relu ? 1 : 0, y.kernel)
    }

    public func poolIndexBytes(output: Shape) -> Int { output.count }

    public func maxPool(x: View, y: View, indices: Slice?) {
        lt_max_pool_forward(context, x.kernel, y.kernel, indices?.indices)
    }

    public func maxUnpool(x: View, indices: Slice, accumulating: Bool, y: View) {
        lt_max_unpool(context, x.kernel, indices.indices, accumulating ? 1 : 0, y.kernel)
    }

    public func copy(x: View, y: View) { lt_copy(context, x.kernel, y.kernel) }

    public func softmax(x: View, y: View) { lt_softmax(context, x.kernel, y.kernel) }

    public func countNotFinite(_ x: View) throws(NeuralNetError) -> Int {
        Int(lt_count_not_finite(context, Int64(x.shape.count), x.kernel.data))
    }

    public func countNotFinite(_ x: View, into count: Slice) {
        let found = lt_count_not_finite(context, Int64(x.shape.count), x.kernel.data)
        count.address.storeBytes(of: Int64(found), as: Int64.self)
    }
}
