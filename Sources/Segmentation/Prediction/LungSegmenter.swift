import Imaging
import NeuralNet

/// Lung fields of CTs: a lung model's labels without what is no lung. Training and serving see the same lungs.
public struct LungSegmenter<B: Backend>: Sendable {
    private let segmenter: VolumeSegmenter<B>

    /// Throws what `VolumeSegmenter` throws, `invalidArgument` for a model that needs lungs to find them.
    public init(_ model: SegmentationModel, backend: B) throws(NeuralNetError) {
        segmenter = try VolumeSegmenter(model, backend: backend)
        guard segmenter.preparation.crop != .lungs else {
            throw NeuralNetError(
                .invalidArgument, operation: "lung model", message: "The model needs lung fields to be given.")
        }
    }

    /// 0 outside, 1 inside the lungs, lesions in them included. `progress` gets the share of slices done, 0…1.
    /// Throws what `VolumeSegmenter.labels` throws.
    public func lungs(
        of volume: CTVolume, arrangement: SliceArrangement = .volume, progress: (Double) -> Void = { _ in }
    ) throws -> LabelVolume {
        try fields(of: volume, arrangement: arrangement, progress: progress).lungs
    }

    /// Lungs, and what of the diaphragm looks like a lesion in them. Throws as `lungs(of:arrangement:progress:)`.
    public func fields(
        of volume: CTVolume, arrangement: SliceArrangement = .volume, progress: (Double) -> Void = { _ in }
    ) throws -> LungFields {
        let found = try segmenter.labels(of: volume, slices: Array(0..<volume.grid.size.k), progress: progress)
        return try LungFields(cleaning: found, of: volume, arrangement: arrangement)
    }
}
