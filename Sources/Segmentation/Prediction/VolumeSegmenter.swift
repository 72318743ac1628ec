import Imaging
import NeuralNet

/// A model with its weights ready, which labels the axial slices of CT volumes on their own grid: cut, resize, window, run,
/// resize back, take the likeliest class. The backend does all of it where it can, else the host all but running the network.
public struct VolumeSegmenter<B: Backend>: SliceSegmenter {
    public let model: SegmentationModel
    public let preparation: InputPreparation
    /// Whether each slice is also seen with left and right exchanged and the scores are averaged: steadier labels for twice
    /// the work.
    public let averagesMirrored: Bool
    private let predictor: any SlicePredictor

    /// `microBatch`: slices that go through the network together, fewer where a device has too little memory for so many;
    /// `notice` is told then, in a sentence.
    ///
    /// Throws `malformedFile` when the model does not say how its input is prepared and `preparation` is nil, and what
    /// `InferenceSession` throws.
    public init(
        _ model: SegmentationModel, preparation: InputPreparation? = nil, backend: B,
        averagesMirrored: Bool = false, microBatch: Int = 4, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(NeuralNetError) {
        let stored = try InputPreparation(metadata: model.metadata)
        guard let preparation = preparation ?? stored else {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The model does not say how its input is prepared.")
        }
        self.model = model
        self.preparation = preparation
        self.averagesMirrored = averagesMirrored
        if backend.transportsSlices {
            let recipe = DeviceStages<B>.Recipe(
                model: model, preparation: preparation, backend: backend, averagesMirrored: averagesMirrored)
            predictor = try DeviceSlicePredictor(recipe, atMost: microBatch, notice: notice)
        } else {
            predictor = try HostSlicePredictor(
                model, preparation: preparation, backend: backend, averagesMirrored: averagesMirrored,
                batch: microBatch)
        }
    }

    /// Labels of the given slices; all others, and whatever lies outside a slice's crop, are 0.
    ///
    /// `lungs` is needed by models that see lungs only. `progress` gets the share of slices done, 0…1.
    /// Throws `ImagingError` (`invalidArgument` for a slice that there is not, and what `SliceCrop.rectangles` throws) and
    /// `NeuralNetError` (what `InferenceSession.run` throws, `cancelled` among it).
    public func labels(
        of volume: CTVolume, slices: [Int], lungs: LabelVolume? = nil, progress: (Double) -> Void = { _ in }
    ) throws -> LabelVolume {
        try prediction(of: volume, slices: slices, lungs: lungs, progress: progress).labels
    }

    /// Labels and, where wanted, how probable it is that a voxel is not background (one minus the softmax of class 0).
    /// Throws as `labels(of:slices:lungs:progress:)`.
    public func prediction(
        of volume: CTVolume, slices: [Int], lungs: LabelVolume? = nil, wantsProbabilities: Bool = false,
        progress: (Double) -> Void = { _ in }
    ) throws -> VolumePrediction {
        let rectangles = try preparation.crop.rectangles(of: volume, lungs: lungs)
        if let wrong = slices.first(where: { !rectangles.indices.contains($0) }) {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "The volume has slices 0 to \(rectangles.count - 1), but slice \(wrong) was asked for.")
        }
        var result = try VolumePrediction(grid: volume.grid, wantsProbabilities: wantsProbabilities)
        try predictor.predict(count: slices.count, wantsProbabilities: wantsProbabilities) { range in
            let wanted = Array(slices[range])
            return SliceBatch(volume: volume, slices: wanted, rectangles: wanted.map { rectangles[$0] })
        } write: { range, found in
            result.write(found, to: slices[range])
            progress(Double(range.upperBound) / Double(slices.count))
        }
        return result
    }

    /// Labels slices that nobody has as one volume: `read` gives those of a range of 0 ..< `count` as a volume of their own, and
    /// their lungs where the model needs them; `write` gets the ranges in their order. A range may be read twice.
    ///
    /// Throws as `labels(of:slices:lungs:progress:)`, and what `read` and `write` throw.
    public func predict(
        count: Int, wantsProbabilities: Bool,
        read: (Range<Int>) throws -> (volume: CTVolume, lungs: LabelVolume?),
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws {
        try predictor.predict(
            count: count, wantsProbabilities: wantsProbabilities,
            read: { range in
                let (volume, lungs) = try read(range)
                return SliceBatch(
                    volume: volume, slices: Array(0..<range.count),
                    rectangles: try preparation.crop.rectangles(of: volume, lungs: lungs))
            }, write: write)
    }
}
