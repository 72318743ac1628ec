import Imaging

/// A model that labels slices, whatever it runs on.
public protocol SliceSegmenter: Sendable {
    var preparation: InputPreparation { get }

    /// As `VolumeSegmenter.predict`.
    func predict(
        count: Int, wantsProbabilities: Bool,
        read: (Range<Int>) throws -> (volume: CTVolume, lungs: LabelVolume?),
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws
}
