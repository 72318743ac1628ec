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
        let found = try segmenter.labels(of: volume, slices: Array(0..<volume.grid.size.k), progress: progress)
        return try found.cleanedLungs(arrangement)
    }
}

extension LabelVolume {
    /// Lungs are large: what has less than a tenth of the larger lung's volume is bowel gas, trachea or a speck. A slice
    /// on its own may hold just the tip of a lung, so there the share is smaller.
    private static let leastShareOfVolume = 0.1
    private static let leastShareOfSlice = 0.02

    /// Lung labels without small components and with their holes filled: vessels and lesions inside a lung belong to it.
    ///
    /// Throws `ImagingError.tooLarge` beyond Int32.max runs.
    public func cleanedLungs(_ arrangement: SliceArrangement) throws(ImagingError) -> LabelVolume {
        switch arrangement {
        case .volume:
            try removingComponents(belowShareOfLargest: Self.leastShareOfVolume, connectivity: .six)
                .fillingHoles(.inVolume)
        case .unrelated:
            try removingComponents(belowShareOfLargest: Self.leastShareOfSlice, connectivity: .four)
                .fillingHoles(.inSlices)
        }
    }
}
