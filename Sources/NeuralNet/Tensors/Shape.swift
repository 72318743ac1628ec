/// The shape of an activation, channels last: N×H×W×C.
///
/// Every dimension is at least 1 and the byte count of its float32 values fits in `Int`, so sizes computed from a shape
/// cannot overflow.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// Images.
    public let n: Int
    /// Rows.
    public let h: Int
    /// Columns.
    public let w: Int
    /// Channels.
    public let c: Int

    /// Throws `invalidArgument` for a dimension below 1, `outOfMemory` when the byte count exceeds the address space.
    public init(n: Int, h: Int, w: Int, c: Int) throws(NeuralNetError) {
        guard n >= 1, h >= 1, w >= 1, c >= 1 else {
            throw NeuralNetError(
                .invalidArgument, operation: "shape",
                message: "Every dimension of a shape must be at least 1, but it is \(n)×\(h)×\(w)×\(c).")
        }
        var bytes = MemoryLayout<Float>.size
        for dimension in [n, h, w, c] {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            guard !overflow else {
                throw NeuralNetError(
                    .outOfMemory, operation: "shape",
                    message: "A tensor of shape \(n)×\(h)×\(w)×\(c) exceeds the address space.")
            }
            bytes = product
        }
        self.init(unchecked: n, h, w, c)
    }

    /// For dimensions that are known to be no larger than those of a checked shape.
    init(unchecked n: Int, _ h: Int, _ w: Int, _ c: Int) {
        self.n = n
        self.h = h
        self.w = w
        self.c = c
    }

    /// Pixels of all images: N·H·W.
    public var pixels: Int { n * h * w }
    /// Elements: N·H·W·C.
    public var count: Int { n * h * w * c }
    /// Bytes of the float32 values.
    public var bytes: Int { count * MemoryLayout<Float>.size }
    /// Bytes of the values as a backend stores them.
    public func bytes(of element: ElementType) -> Int { count * element.bytes }

    /// The shape with another number of channels; throws as `init`.
    public func with(c: Int) throws(NeuralNetError) -> Shape { try Shape(n: n, h: h, w: w, c: c) }
    /// The shape with another number of images; throws as `init`.
    public func with(n: Int) throws(NeuralNetError) -> Shape { try Shape(n: n, h: h, w: w, c: c) }

    public var description: String { "\(n)×\(h)×\(w)×\(c)" }
}
