import Foundation
import Imaging
import NeuralNet

/// The host makes pictures and labels; the backend gets pictures and gives scores.
struct HostSlicePredictor<B: Backend>: SlicePredictor {
    private let preparation: InputPreparation
    private let classes: Int
    private let averagesMirrored: Bool
    private let session: InferenceSession<B>

    /// Throws what `InferenceSession` throws.
    init(
        _ model: SegmentationModel, preparation: InputPreparation, backend: B, averagesMirrored: Bool, batch: Int
    ) throws(NeuralNetError) {
        self.preparation = preparation
        self.averagesMirrored = averagesMirrored
        classes = model.network.outputChannels
        session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: preparation.height,
            width: preparation.width, microBatch: batch)
    }

    func predict(
        count: Int, wantsProbabilities: Bool, read: (Range<Int>) throws -> SliceBatch,
        write: (Range<Int>, SlicePrediction) throws -> Void
    ) throws {
        for first in stride(from: 0, to: count, by: session.microBatch) {
            let range = first..<min(first + session.microBatch, count)
            try write(range, try predict(try read(range), wantsProbabilities: wantsProbabilities))
        }
    }

    private func predict(_ batch: SliceBatch, wantsProbabilities: Bool) throws -> SlicePrediction {
        let (height, width) = (preparation.height, preparation.width)
        let resizers = try batch.rectangles.map { try SliceResizer($0, height: height, width: width) }
        let values = try windowed(batch, resizers)
        var scores = try self.scores(values, slices: resizers.count)
        if averagesMirrored {
            let mirrored = try self.scores(Self.mirrored(values, width: width), slices: resizers.count)
            Self.average(&scores, withMirrored: mirrored, width: width)
        }
        let size = batch.volume.grid.size
        let grid = try Grid(
            size: GridSize(i: size.i, j: size.j, k: resizers.count), affine: batch.volume.grid.affine)
        var labels = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        let places = resizers.enumerated().map { (resizer: $1, slice: $0) }
        try SliceResizer.restore(scores: scores, classes: classes, to: &labels, slices: places)
        return SlicePrediction(
            labels: labels.voxels,
            probabilities: wantsProbabilities ? try probabilities(scores, resizers, on: grid) : nil)
    }

    private func probabilities(_ scores: [Float], _ resizers: [SliceResizer], on grid: Grid) throws -> [Float]? {
        let image = classes * preparation.height * preparation.width
        var volume: Volume<Float, LPS>? = try Volume(
            grid: grid, voxels: [Float](repeating: 0, count: grid.size.voxels))
        for (place, resizer) in resizers.enumerated() {
            let foreground = Self.foreground(
                Array(scores[(place * image)..<((place + 1) * image)]), classes: classes)
            try resizer.restore(values: foreground, to: &volume, slice: place)
        }
        return volume?.voxels
    }

    /// The slices as the network sees them, one after the other.
    private func windowed(_ batch: SliceBatch, _ resizers: [SliceResizer]) throws -> [Float] {
        let (window, plane) = (preparation.window, preparation.height * preparation.width)
        let pictures = Parallel.map(of: resizers.count, length: 1) { place in
            Result { () throws(ImagingError) in
                try resizers[place.lowerBound].picture(of: batch.volume, slice: batch.slices[place.lowerBound])
                    .map(window.normalized)
            }
        }
        var values: [Float] = []
        values.reserveCapacity(resizers.count * plane)
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
