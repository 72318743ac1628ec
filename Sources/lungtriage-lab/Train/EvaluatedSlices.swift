import Imaging
import Segmentation
import Training

/// An evaluation, and what its figures do not tell: which slice each image is, and what was predicted there.
struct EvaluatedSlices {
    let task: SegmentationTask
    private(set) var evaluation: Evaluation
    /// One entry per image of the evaluation, where they are kept: whole volumes' predictions take memory.
    private var slices: [(volume: LabelledVolume, k: Int, predicted: LabelVolume)] = []

    private let keepsSlices: Bool

    /// `keepsSlices` is needed for overlays.
    init(task: SegmentationTask, keepsSlices: Bool) {
        self.task = task
        self.keepsSlices = keepsSlices
        evaluation = Evaluation(classes: task.classes)
    }

    /// Labels a set and adds its slices. Throws what `Evaluation.add` throws.
    mutating func add(
        _ set: EvaluationSet, labels: (CTVolume) throws -> LabelVolume
    ) throws(TrainingError) {
        let predicted = try evaluation.add(set, task: task, labels: labels)
        if keepsSlices { slices += set.slices.map { (set.volume, $0, predicted) } }
    }

    /// The best, median and worst image. Throws `ImagingError.invalidArgument` when no image has a score.
    func overlays() throws(ImagingError) -> Picture {
        let scores = evaluation.images.map(\.meanDice)
        let ranking = CaseRanking(scores)
        var rows: [(title: String, slice: SegmentedSlice)] = []
        for (place, index) in ranking.places where slices.indices.contains(index) {
            let (volume, k, predicted) = slices[index]
            let labels = try volume.labels.slice(.axial, at: k)
            // Binary tasks tell labelled from unlabelled.
            let truth = try labels.replacing(labels.values.map { task == .multiclass ? $0 : min($0, 1) })
            let slice = SegmentedSlice(
                name: "\(volume.name), slice \(k + 1)", ct: try volume.ct.slice(.axial, at: k), truth: truth,
                prediction: try predicted.slice(.axial, at: k), score: scores[index])
            rows.append((place.rawValue, slice))
        }
        return try CaseOverlays(scheme: task.scheme)
            .picture(of: rows, scored: ranking.order.count, undefined: ranking.undefined)
    }
}
