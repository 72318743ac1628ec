import Imaging
import NeuralNet

/// Lesions of CTs as serving finds them: lung fields first, then the lesion model on what it is to see, then only what lies
/// in or beside the lungs.
public struct LesionSegmenter<B: Backend>: Sendable {
    public struct Labels: Sendable {
        /// 0 outside, 1 inside the lungs.
        public let lungs: LabelVolume
        /// The model's classes.
        public let lesions: LabelVolume
    }

    private let lungs: LungSegmenter<B>
    private let lesions: VolumeSegmenter<B>
    /// nil leaves the model's labels as they are.
    private let cleaning: LesionCleaning?

    public init(lesions: VolumeSegmenter<B>, lungs: LungSegmenter<B>, cleaning: LesionCleaning?) {
        self.lungs = lungs
        self.lesions = lesions
        self.cleaning = cleaning
    }

    /// Labels a whole volume, or the given slices of unrelated patients and nothing of the others.
    /// `progress` gets the share done, 0…1. Throws what `VolumeSegmenter.labels` and `LesionCleaning.cleaned` throw.
    public func labels(
        of volume: CTVolume, arrangement: SliceArrangement = .volume, slices: [Int]? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> Labels {
        let fields = try lungs.fields(of: volume, arrangement: arrangement) { progress($0 / 2) }
        let found = try lesions.labels(
            of: volume, slices: slices ?? Array(0..<volume.grid.size.k), lungs: fields.lungs
        ) { progress((1 + $0) / 2) }
        let kept =
            try cleaning?.cleaned(
                found, lungs: fields.lungs, domes: fields.domes, arrangement: arrangement) ?? found
        return Labels(lungs: fields.lungs, lesions: kept)
    }
}
