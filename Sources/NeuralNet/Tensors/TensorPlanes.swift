import CKernels

/// Conversion between channels-last tensors and dense planes N×C×H×W, the order of PyTorch and of most files.
extension Tensor {
    /// A tensor from planes N×C×H×W; `shape` says the four dimensions.
    ///
    /// Throws `shapeMismatch` when the number of values differs from the shape's, `outOfMemory`.
    public init(planes: [Float], shape: Shape) throws(NeuralNetError) {
        guard planes.count == shape.count else {
            throw NeuralNetError(
                .shapeMismatch, operation: "tensor \(shape)",
                message: "The shape has \(shape.count) elements, but the planes hold \(planes.count) values.")
        }
        try self.init(zeros: shape)
        try withMutableValues { values throws(NeuralNetError) in
            planes.withUnsafeBufferPointer { planes in
                lt_from_planes(.singleThreaded, planes.baseAddress, lt_view(values, shape))
            }
        }
    }

    /// The values as dense planes N×C×H×W.
    public func planes() -> [Float] {
        [Float](unsafeUninitializedCapacity: shape.count) { planes, count in
            withValues { values in
                // The kernel only reads; lt_view has one pointer type for both directions.
                let view = lt_view(UnsafeMutableBufferPointer(mutating: values), shape)
                lt_to_planes(.singleThreaded, view, planes.baseAddress)
            }
            count = shape.count
        }
    }
}

extension lt_context {
    /// The calling thread alone, with the widest instruction set of the machine.
    static var singleThreaded: lt_context { lt_context(pool: nil, isa: lt_isa_best()) }
}

extension lt_view {
    init(_ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape) {
        self.init(
            data: values.baseAddress, n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w), c: Int64(shape.c),
            stride: Int64(shape.c))
    }
}
