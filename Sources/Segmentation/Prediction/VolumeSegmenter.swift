import Foundation
import Imaging
import NeuralNet

/// A model with its weights ready, which labels the axial slices of CT volumes on their own grid: cut, resize, window, run,
/// resize back, take the likeliest class.
public struct VolumeSegmenter<B: Backend>: Sendable {
    public let model: SegmentationModel
    public let preparation: InputPreparation
    /// Whether each slice is also seen with left and right exchanged and the scores are averaged: steadier labels for twice
    /// the work.
    public let averagesMirrored: Bool
    private let session: InferenceSession<B>

    /// Throws `malformedFile` when the model does not say how its input is prepared and `preparation` is nil, and what
    /// `InferenceSession` throws.
    public init(
        _ model: SegmentationModel, preparation: InputPreparation? = nil, backend: B,
        averagesMirrored: Bool = false, microBatch: Int = 4
    ) throws(NeuralNetError) {
        let stored = try InputPreparation(metadata: model.metadata)
        guard let preparation = preparation ?? stored else {
            throw NeuralNetError(
                .malformedFile, operation: "model", message: "The model does not say how its input is prepared.")
        }
        self.model = model
        self.preparation = preparation
        self.averagesMirrored = averagesMirrored
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
        try prediction(of: volume, slices: slices, lungs: lungs, progress: progress).labels
    }

    /// Labels and, where wanted, how probable it is that a voxel is not background (one minus the softmax of class 0).
    /// Throws as `labels(of:slices:lungs:progress:)`.
    public func prediction(
        of volume: CTVolume, slices: [Int], lungs: LabelVolume? = nil, wantsProbabilities: Bool = false,
        progress: (Double) -> Void = { _ in }
    ) throws -> VolumePrediction {
        let rectangles = try preparation.crop.rectangles(of: volume, lungs: lungs)
        if let wrong = slices.first(where: { !rectangles.indices.contains($0) }) {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "The volume has slices 0 to \(rectangles.count - 1), but slice \(wrong) was asked for.")
        }
        var result = try VolumePrediction(grid: volume.grid, wantsProbabilities: wantsProbabilities)
        for first in stride(from: 0, to: slices.count, by: session.microBatch) {
            let batch = Array(slices[first..<min(first + session.microBatch, slices.count)])
            try predict(batch, of: volume, rectangles, into: &result)
            progress(Double(first + batch.count) / Double(slices.count))
        }
        return result
    }

    private func predict(
        _ slices: [Int], of volume: CTVolume, _ rectangles: [SliceRectangle], into result: inout VolumePrediction
    ) throws {
        let (height, width, classes) = (preparation.height, preparation.width, model.network.outputChannels)
        let resizers = try slices.map { try SliceResizer(rectangles[$0], height: height, width: width) }
        let values = try windowed(slices, of: volume, resizers)
        var scores = try self.scores(values, slices: slices.count)
        if averagesMirrored {
            let mirrored = try self.scores(Self.mirrored(values, width: width), slices: slices.count)
            Self.average(&scores, withMirrored: mirrored, width: width)
        }
        let pairs = zip(resizers, slices).map { (resizer: $0, slice: $1) }
        try SliceResizer.restore(scores: scores, classes: classes, to: &result.labels, slices: pairs)
        guard result.probabilities != nil else { return }
        let image = classes * height * width
        for (place, (resizer, k)) in pairs.enumerated() {
            let foreground = Self.foreground(
                Array(scores[(place * image)..<((place + 1) * image)]), classes: classes)
            try resizer.restore(values: foreground, to: &result.probabilities, slice: k)
        }
    }

    /// The slices as the network sees them, one after the other.
    private func windowed(_ slices: [Int], of volume: CTVolume, _ resizers: [SliceResizer]) throws -> [Float] {
        let (window, plane) = (preparation.window, preparation.height * preparation.width)
        let pictures = Parallel.map(of: slices.count, length: 1) { place in
            Result { () throws(ImagingError) in
                try resizers[place.lowerBound].picture(of: volume, slice: slices[place.lowerBound])
                    .map(window.normalized)
            }
        }
        var values: [Float] = []
        values.reserveCapacity(slices.count * plane)
        for picture in pictures { values += try picture.get() }
        return values
    }

    /// One minus the softmax of class 0, from class planes.
    private static func foreground(_ scores: [Float], classes: Int) -> [Float] {
        let plane = scores.count / classes
        return (0..<plane).map { pixel in
            let rest = (1..<classes).reduce(Float(0)) { $0 + exp(scores[$1 * plane + pixel] - scores[pixel]) }
            // An overflow to infinity means that background is out of the question.
            return rest.isFinite ? rest / (1 + rest) : 1
        }
    }

    /// Class scores C×H×W of each slice from windowed values.
    private func scores(_ values: [Float], slices: Int) throws(NeuralNetError) -> [Float] {
        let shape = try Shape(n: slices, h: preparation.height, w: preparation.width, c: 1)
        return try session.run(try Tensor(values, shape: shape)).planes()
    }

    /// Every row the other way round.
    private static func mirrored(_ planes: [Float], width: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: planes.count) { target, initialized in
            planes.withUnsafeBufferPointer { planes in
                for row in stride(from: 0, to: planes.count, by: width) {
                    for column in 0..<width { target[row + column] = planes[row + width - 1 - column] }
                }
            }
            initialized = planes.count
        }
    }

    /// The mean of scores and of those for the mirrored slices.
    private static func average(_ scores: inout [Float], withMirrored mirrored: [Float], width: Int) {
        scores.withUnsafeMutableBufferPointer { scores in
            mirrored.withUnsafeBufferPointer { mirrored in
                for row in stride(from: 0, to: scores.count, by: width) {
                    for column in 0..<width {
                        scores[row + column] = (scores[row + column] + mirrored[row + width - 1 - column]) / 2
                    }
                }
            }
        }
    }
}
