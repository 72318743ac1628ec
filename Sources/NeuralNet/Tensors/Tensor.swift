/// A dense activation N×H×W×C of float32 in host memory, channels last, aligned to 64 bytes. A value: copies share
/// memory until one of them is written.
public struct Tensor: Sendable {
    public let shape: Shape
    private var storage: AlignedStorage

    /// A tensor of zeros. Throws `outOfMemory` when the system refuses the memory.
    public init(zeros shape: Shape) throws(NeuralNetError) {
        self.shape = shape
        self.storage = try AlignedStorage(bytes: shape.bytes, operation: "tensor \(shape)")
    }

    /// A tensor with the given values in channels-last order.
    ///
    /// Throws `shapeMismatch` when the number of values differs from the shape's, `outOfMemory`.
    public init(_ values: [Float], shape: Shape) throws(NeuralNetError) {
        guard values.count == shape.count else {
            throw NeuralNetError(
                .shapeMismatch, operation: "tensor \(shape)",
                message: "The shape has \(shape.count) elements, but \(values.count) values were given.")
        }
        try self.init(zeros: shape)
        values.withUnsafeBytes { storage.address.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }

    /// The element at image `n`, row `h`, column `w`, channel `c`. The indices must be inside the shape.
    public subscript(n: Int, h: Int, w: Int, c: Int) -> Float {
        precondition(
            n >= 0 && n < shape.n && h >= 0 && h < shape.h && w >= 0 && w < shape.w && c >= 0 && c < shape.c,
            "tensor index out of range")
        return withValues { $0[((n * shape.h + h) * shape.w + w) * shape.c + c] }
    }

    /// The values in channels-last order.
    public var values: [Float] { withValues { Array($0) } }

    /// Calls `body` with the values in channels-last order; the buffer is valid only during the call.
    public func withValues<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Another copy of the tensor cannot free the memory meanwhile: `self` holds a reference.
        let start = storage.address.assumingMemoryBound(to: Float.self)
        return try body(UnsafeBufferPointer(start: start, count: shape.count))
    }

    /// Calls `body` with the values in channels-last order, to read and write; the buffer is valid only during the call.
    ///
    /// Throws `outOfMemory` when the tensor shares its memory with another and no second block is to be had, and what
    /// `body` throws.
    public mutating func withMutableValues<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(NeuralNetError) -> Result
    ) throws(NeuralNetError) -> Result {
        if !isKnownUniquelyReferenced(&storage) { storage = try storage.copy(operation: "tensor \(shape)") }
        let start = storage.address.assumingMemoryBound(to: Float.self)
        return try body(UnsafeMutableBufferPointer(start: start, count: shape.count))
    }
}
