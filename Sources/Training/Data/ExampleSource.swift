/// One image as the network sees it, with its labels.
public struct TrainingExample: Hashable, Sendable {
    /// H×W values in row order, already windowed.
    public let image: [Float]
    /// H×W labels in row order.
    public let labels: [UInt8]

    public init(image: [Float], labels: [UInt8]) {
        self.image = image
        self.labels = labels
    }
}

/// Where training and validation get their examples from.
///
/// An example depends on its index and the epoch alone, never on what was asked before: augmentation draws its numbers from
/// a stream of its own per epoch and index. That is why a run that was killed and resumed gives the same bits.
public protocol ExampleSource: Sendable {
    var count: Int { get }
    /// Height and width of every example.
    var height: Int { get }
    var width: Int { get }
    /// For messages, such as `slice 17`.
    func name(of index: Int) -> String
    /// `height`×`width` values and labels.
    func example(_ index: Int, epoch: Int) throws(TrainingError) -> TrainingExample
}

/// Examples in memory, the same in every epoch.
public struct FixedExamples: ExampleSource {
    public let height: Int
    public let width: Int
    private let examples: [TrainingExample]

    /// Throws `shapeMismatch` when an example is not `height`×`width`.
    public init(_ examples: [TrainingExample], height: Int, width: Int) throws(TrainingError) {
        for (index, example) in examples.enumerated()
        where example.image.count != height * width || example.labels.count != height * width {
            throw TrainingError(
                .shapeMismatch, subject: "example \(index)",
                message: "An example of \(height)×\(width) has \(height * width) pixels, but this one has "
                    + "\(example.image.count) values and \(example.labels.count) labels.")
        }
        self.examples = examples
        self.height = height
        self.width = width
    }

    public var count: Int { examples.count }
    public func name(of index: Int) -> String { "example \(index)" }
    public func example(_ index: Int, epoch: Int) throws(TrainingError) -> TrainingExample { examples[index] }
}
