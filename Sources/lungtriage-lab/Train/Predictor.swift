import ArgumentParser
import Imaging
import NeuralNet
import Segmentation
import Training

/// How labels come about.
struct PredictionOptions: ParsableArguments {
    @Flag(help: "The labels as the network gives them, nothing removed.") var raw = false
    @Flag(help: "See each slice mirrored as well and average the scores: twice the work.") var mirror = false
}

/// A model's labels: as the network gives them, or cleaned as in serving.
enum Predictor<B: Backend> {
    case network(VolumeSegmenter<B>)
    case lungs(LungSegmenter<B>)
    case lesions(LesionSegmenter<B>)

    init(
        _ model: SegmentationModel, task: SegmentationTask, lungs: LungSegmenter<B>?,
        options: PredictionOptions, backend: B
    ) throws {
        if task == .lungs && !options.raw {
            self = .lungs(try LungSegmenter(model, backend: backend))
            return
        }
        let segmenter = try VolumeSegmenter(model, backend: backend, averagesMirrored: options.mirror)
        if task != .lungs, let lungs {
            let effusion = task == .multiclass ? SyntheticEffusion.label : nil
            self = .lesions(
                LesionSegmenter(
                    lesions: segmenter, lungs: lungs, cleaning: options.raw ? nil : LesionCleaning(effusion: effusion)))
        } else {
            self = .network(segmenter)
        }
    }

    func labels(of set: EvaluationSet, ct: CTVolume) throws -> LabelVolume {
        // What is connected across slices is only known from all of them.
        let slices = set.arrangement == .volume ? nil : set.slices
        switch self {
        case .network(let segmenter): return try segmenter.labels(of: ct, slices: set.slices, lungs: set.volume.lungs)
        case .lungs(let segmenter): return try segmenter.lungs(of: ct, arrangement: set.arrangement)
        case .lesions(let segmenter):
            return try segmenter.labels(of: ct, arrangement: set.arrangement, slices: slices).lesions
        }
    }
}
