import Imaging
import NeuralNet
import Segmentation

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
        let predicted = try volume.predicted(by: segmenter, slices: slices, progress: progress)
        let size = volume.ct.grid.size
        let plane = size.i * size.j
        for k in slices {
            let range = (k * plane)..<((k + 1) * plane)
            let actual = volume.labels.voxels[range].map { task == .multiclass ? $0 : min($0, 1) }
            try add(actual: actual, predicted: predicted.voxels[range])
        }
        return predicted
    }
}

extension LabelledVolume {
    fileprivate func predicted<B: Backend>(
        by segmenter: VolumeSegmenter<B>, slices: [Int], progress: (Double) -> Void
    ) throws(TrainingError) -> LabelVolume {
        do {
            return try segmenter.labels(of: ct, slices: slices, lungs: lungs, progress: progress)
        } catch let error as NeuralNetError {
            throw TrainingError(engine: error)
        } catch {
            return try imaging(name) { throw error }
        }
    }
}
