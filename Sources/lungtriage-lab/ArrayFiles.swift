import NeuralNet

/// Batches of images as NumPy arrays.
enum ArrayFiles {
    /// Reads N×H×W or N×C×H×W values as N×H×W×C.
    ///
    /// Throws `fileAccess`, `malformedFile`, `shapeMismatch` for another number of dimensions.
    static func readBatch(_ path: String) throws -> Tensor {
        let file = try NpyFile(path: path)
        let shape: Shape
        switch file.shape.count {
        case 3: shape = try Shape(n: file.shape[0], h: file.shape[1], w: file.shape[2], c: 1)
        case 4: shape = try Shape(n: file.shape[0], h: file.shape[2], w: file.shape[3], c: file.shape[1])
        default:
            throw NeuralNetError(
                .shapeMismatch, operation: "input \"\(path)\"",
                message: "Expected N×H×W or N×C×H×W values, but the array has shape \(file.shape).")
        }
        return try Tensor(planes: try file.floats(), shape: shape)
    }

    /// Writes N×H×W×C as N×C×H×W.
    static func writeBatch(_ tensor: Tensor, to path: String) throws {
        let shape = tensor.shape
        try NpyFile.write(tensor.planes(), shape: [shape.n, shape.c, shape.h, shape.w], to: path)
    }
}
