import Imaging

/// Some slices of a volume on their way to a network.
struct SliceBatch {
    let volume: CTVolume
    /// Of the volume.
    let slices: [Int]
    /// What the network sees of each.
    let rectangles: [SliceRectangle]

    var plane: Int { volume.grid.size.i * volume.grid.size.j }
}

/// What a network says about a batch of slices, slice after slice, i fastest.
public struct SlicePrediction: Sendable {
    public internal(set) var labels: [UInt8]
    /// How probable it is that a voxel is not background, 0…1; nil where nobody asked.
    public internal(set) var probabilities: [Float]?
}

/// Takes slices through a network, batch after batch.
protocol SlicePredictor: Sendable {
    /// Labels slices 0 ..< `count`. `read` gives the slices of a range, `write` takes what was found in a range; ranges are written
    /// once and in their order, but may be read again. What `read` and `write` throw is passed on.
    ///
    /// Throws `NeuralNetError` and `ImagingError`.
    func predict(
        count: Int, wantsProbabilities: Bool, read: (Range<Int>) throws -> SliceBatch,
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws
}
