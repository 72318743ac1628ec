import Imaging
import NeuralNet

/// A model with its weights ready, which labels the axial slices of CT volumes on their own grid: cut, resize, window, run,
/// resize back, take the likeliest class.
public struct VolumeSegmenter<B: Backend>: Sendable {
    public let model: SegmentationModel
    public let preparation: InputPreparation
    private let session: InferenceSession<B>

    /// Throws `malformedFile` when the model does not say how its input is prepared and `preparation` is nil, and what
    /// `InferenceSession` throws.
    public init(
        _ model: SegmentationModel, preparation: InputPreparation? = nil, backend: B, microBatch: Int = 4
    ) throws(NeuralNetError) {
        let stored = try InputPreparation(metadata: model.metadata)
        guard let preparation = preparation ?? stored else {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The model does not say how its input is prepared.")
        }
        self.model = model
        self.preparation = preparation
        session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: preparation.height,
            width: preparation.width, microBatch: microBatch)
    }

    /// Labels of the given slices; all others, and whatever lies outside a slice's crop, are 0.
    ///
    /// `lungs` is needed by models that see lungs only. `progress` gets the share of slices done, 0…1.
    /// Throws `ImagingError` (`invalidArgument` for a slice that there is not, and what `SliceCrop.rectangles` throws) and
    /// `NeuralNetError` (what `InferenceSession.run` throws, `cancelled` among it).
    public func labels(
        of volume: CTVolume, slices: [Int], lungs: LabelVolume? = nil, progress: (Double) -> Void = { _ in }
    ) throws -> LabelVolume {
        let rectangles = try preparation.crop.rectangles(of: volume, lungs: lungs)
        if let wrong = slices.first(where: { !rectangles.indices.contains($0) }) {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "The volume has slices 0 to \(rectangles.count - 1), but slice \(wrong) was asked for.")
        }
        var result = try LabelVolume(
            grid: volume.grid, voxels: [UInt8](repeating: 0, count: volume.grid.size.voxels))
        for first in stride(from: 0, to: slices.count, by: session.microBatch) {
            let batch = Array(slices[first..<min(first + session.microBatch, slices.count)])
            try label(batch, of: volume, rectangles, into: &result)
            progress(Double(first + batch.count) / Double(slices.count))
        }
        return result
    }

    private func label(
        _ slices: [Int], of volume: CTVolume, _ rectangles: [SliceRectangle], into result: inout LabelVolume
    ) throws {
        let (height, width, classes) = (preparation.height, preparation.width, model.network.outputChannels)
        let resizers = try slices.map { try SliceResizer(rectangles[$0], height: height, width: width) }
        var values: [Float] = []
        values.reserveCapacity(slices.count * height * width)
        for (k, resizer) in zip(slices, resizers) {
            values += try resizer.picture(of: volume, slice: k).map(preparation.window.normalized)
        }
        let input = try Tensor(values, shape: try Shape(n: slices.count, h: height, w: width, c: 1))
        let scores = try session.run(input).planes()
        let image = classes * height * width
        for (place, k) in slices.enumerated() {
            try resizers[place].restore(
                scores: Array(scores[(place * image)..<((place + 1) * image)]), classes: classes, to: &result, slice: k)
        }
    }
}
