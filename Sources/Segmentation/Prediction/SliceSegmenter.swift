import Imaging

/// A model that labels slices, whatever it runs on.
public protocol SliceSegmenter: Sendable {
    var preparation: InputPreparation { get }

    /// As `VolumeSegmenter.prediction`.
    func prediction(
        of volume: CTVolume, slices: [Int], lungs: LabelVolume?, wantsProbabilities: Bool, progress: (Double) -> Void
    ) throws -> VolumePrediction
}

extension VolumeSegmenter: SliceSegmenter {}
