import Foundation
import NeuralNet
import Segmentation

/// An axial slice cut and sized for the network, still in HU, with its labels.
public struct PreparedSlice: Hashable, Sendable {
    /// For messages and split tables, such as `coronacases_003 slice 41`.
    public let name: String
    /// H×W values in HU, row order.
    public let hu: [Float]
    /// H×W labels, row order.
    public let labels: [UInt8]
    /// H×W, 0 outside the lungs; nil where lungs are not known.
    public let lungs: [UInt8]?

    public init(name: String, hu: [Float], labels: [UInt8], lungs: [UInt8]? = nil) {
        self.name = name
        self.hu = hu
        self.labels = labels
        self.lungs = lungs
    }
}

/// Slices as training sees them: changed at random within the ranges, then windowed. With `Augmentation.none` they are the
/// same in every epoch, which is what validation and the paper's protocol want.
public struct AugmentedSlices: ExampleSource {
    public let slices: [PreparedSlice]
    public let height: Int
    public let width: Int
    public let window: InputWindow
    public let augmentation: Augmentation
    public let seed: UInt64
    /// The label of pixels that come from beyond the slice's border.
    public let outside: UInt8

    /// Throws `shapeMismatch` when a slice is not `height`×`width`, `invalidArgument` for ranges that make no sense.
    public init(
        _ slices: [PreparedSlice], height: Int, width: Int, window: InputWindow = .lungAndSoftTissue,
        augmentation: Augmentation = .none, seed: UInt64 = 0, outside: UInt8 = 0
    ) throws(TrainingError) {
        try augmentation.check()
        for slice in slices where slice.hu.count != height * width || slice.labels.count != height * width {
            throw TrainingError(
                .shapeMismatch, subject: slice.name, message: "The slice is not \(height)×\(width).")
        }
        self.slices = slices
        self.height = height
        self.width = width
        self.window = window
        self.augmentation = augmentation
        self.seed = seed
        self.outside = outside
    }

    public var count: Int { slices.count }
    public func name(of index: Int) -> String { slices[index].name }

    public func example(_ index: Int, epoch: Int) throws(TrainingError) -> TrainingExample {
        let slice = slices[index]
        guard augmentation != .none else {
            return TrainingExample(image: slice.hu.map(window.normalized), labels: slice.labels)
        }
        var generator = RandomGenerator(seed: seed, stream: "epoch \(epoch) example \(index)")
        let draw = AugmentationDraw(augmentation, &generator)
        var hu = slice.hu
        var labels = slice.labels
        if let effusion = draw.effusion, let lungs = slice.lungs {
            effusion.draw(hu: &hu, labels: &labels, lungs: lungs, height: height, width: width)
        }
        if draw.movesPixels {
            let warp = Warp(draw, height: height, width: width)
            hu = warp.image(hu, outside: -1000)
            labels = warp.labels(labels, outside: outside)
        }
        hu = blurred(hu, height: height, width: width, sigma: draw.blur)
        if draw.noise > 0 { for pixel in hu.indices { hu[pixel] += Float(generator.normal()) * draw.noise } }
        return TrainingExample(image: windowed(hu, draw), labels: labels)
    }

    private func windowed(_ hu: [Float], _ draw: AugmentationDraw) -> [Float] {
        // Ranges are limited so that the ends cannot meet; were they to, the plain window does.
        let moved =
            (try? InputWindow(lower: window.lower + draw.window.lower, upper: window.upper + draw.window.upper))
            ?? window
        return hu.map { value in
            let share = (moved.normalized(value) + 1) / 2
            return 2 * pow(share, draw.gamma) - 1
        }
    }
}
