/// One class label per pixel, N×H×W bytes in row order.
public struct LabelMap: Hashable, Sendable {
    /// Images.
    public let n: Int
    /// Rows.
    public let h: Int
    /// Columns.
    public let w: Int
    /// The labels in row order.
    public let labels: [UInt8]

    /// Throws `shapeMismatch` when the number of labels is not N·H·W, `invalidArgument` for a dimension below 1.
    public init(_ labels: [UInt8], n: Int, h: Int, w: Int) throws(NeuralNetError) {
        let shape = try Shape(n: n, h: h, w: w, c: 1)
        guard labels.count == shape.count else {
            throw NeuralNetError(
                .shapeMismatch, operation: "label map \(n)×\(h)×\(w)",
                message: "The map has \(shape.count) pixels, but \(labels.count) labels were given.")
        }
        self.n = n
        self.h = h
        self.w = w
        self.labels = labels
    }

    /// The label at image `n`, row `h`, column `w`, which must be inside the map.
    public subscript(n: Int, h: Int, w: Int) -> UInt8 {
        precondition(n >= 0 && n < self.n && h >= 0 && h < self.h && w >= 0 && w < self.w, "label index out of range")
        return labels[(n * self.h + h) * self.w + w]
    }
}

extension Tensor {
    /// The channel with the largest value for every pixel, the first of equals: labels N×H×W from logits N×H×W×C.
    ///
    /// Throws `unsupported` for more than 256 channels.
    public func labels() throws(NeuralNetError) -> LabelMap {
        guard shape.c <= 256 else {
            throw NeuralNetError(
                .unsupported, operation: "labels of \(shape)",
                message: "A label is one byte, so at most 256 classes can be told apart, but there are \(shape.c).")
        }
        var labels = [UInt8](repeating: 0, count: shape.pixels)
        withValues { values in
            for pixel in 0..<shape.pixels {
                let start = pixel * shape.c
                var best = start
                for index in start..<(start + shape.c) where values[index] > values[best] { best = index }
                labels[pixel] = UInt8(best - start)
            }
        }
        return try LabelMap(labels, n: shape.n, h: shape.h, w: shape.w)
    }
}
