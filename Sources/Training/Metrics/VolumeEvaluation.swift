import Imaging
import NeuralNet
import Segmentation

/// Slices with true labels that a model is compared on.
public struct EvaluationSet: Sendable {
    public let volume: LabelledVolume
    public let slices: [Int]
    public let arrangement: SliceArrangement

    public init(volume: LabelledVolume, slices: [Int], arrangement: SliceArrangement) {
        self.volume = volume
        self.slices = slices
        self.arrangement = arrangement
    }
}

extension LesionVolumes.Patient {
    /// The slices whose masks are right, with a task's labels; nil where the patient has none of them.
    public func evaluationSet(for task: SegmentationTask) throws(TrainingError) -> EvaluationSet? {
        guard task == .lungs else {
            return EvaluationSet(volume: volume, slices: slices(.lesion), arrangement: .volume)
        }
        return try volume.lungs.map { lungs throws(TrainingError) in
            let labelled = try LabelledVolume(name: volume.name, ct: volume.ct, labels: lungs)
            return EvaluationSet(volume: labelled, slices: slices(.lesion), arrangement: .volume)
        }
    }
}

extension Evaluation {
    /// Labels slices of a volume with a model and adds each as an image: whole slices on the volume's own grid, the crop undone.
    /// Lesion classes are merged for a binary task. Gives the predicted labels.
    ///
    /// Throws `shapeMismatch` when the model has other classes, `labelOutOfRange`, `imaging`, `cancelled`, `engine`.
    @discardableResult
    public mutating func add<B: Backend>(
        _ volume: LabelledVolume, slices: [Int], task: SegmentationTask, segmenter: VolumeSegmenter<B>,
        progress: (Double) -> Void = { _ in }
    ) throws(TrainingError) -> LabelVolume {
        let predicted = try volume.segmented { ct throws in
            try segmenter.labels(of: ct, slices: slices, lungs: volume.lungs, progress: progress)
        }
        try add(predicted, for: volume, slices: slices, task: task)
        return predicted
    }

    /// Labels a set in any way and adds each of its slices as an image. Gives the predicted labels.
    ///
    /// Throws as the function above.
    @discardableResult
    public mutating func add(
        _ set: EvaluationSet, task: SegmentationTask, labels: (CTVolume) throws -> LabelVolume
    ) throws(TrainingError) -> LabelVolume {
        let predicted = try set.volume.segmented(labels)
        try add(predicted, for: set.volume, slices: set.slices, task: task)
        return predicted
    }

    private mutating func add(
        _ predicted: LabelVolume, for volume: LabelledVolume, slices: [Int], task: SegmentationTask
    ) throws(TrainingError) {
        let size = volume.ct.grid.size
        let plane = size.i * size.j
        for k in slices {
            let range = (k * plane)..<((k + 1) * plane)
            let actual = volume.labels.voxels[range].map { task == .multiclass ? $0 : min($0, 1) }
            try add(actual: actual, predicted: predicted.voxels[range])
        }
    }
}

extension LabelledVolume {
    fileprivate func segmented(_ body: (CTVolume) throws -> LabelVolume) throws(TrainingError) -> LabelVolume {
        do {
            return try body(ct)
        } catch let error as NeuralNetError {
            throw TrainingError(engine: error)
        } catch {
            return try imaging(name) { throw error }
        }
    }
}
