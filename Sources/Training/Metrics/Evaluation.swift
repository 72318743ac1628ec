/// Predictions for a set of images against their labels, both pooled over all pixels and image by image: the two differ
/// widely, so every figure says which it is.
public struct Evaluation: Hashable, Sendable {
    public let classes: Int
    /// One matrix per image, in the order added.
    public private(set) var images: [ConfusionMatrix] = []
    /// All images' pixels together.
    public private(set) var pooled: ConfusionMatrix

    public init(classes: Int) {
        self.classes = classes
        pooled = ConfusionMatrix(classes: classes)
    }

    /// Adds an image. Throws as `ConfusionMatrix.init`; the evaluation is unchanged then.
    public mutating func add(
        actual: some RandomAccessCollection<UInt8>, predicted: some RandomAccessCollection<UInt8>,
        ignoring ignored: UInt8? = nil
    ) throws(TrainingError) {
        try add(ConfusionMatrix(actual: actual, predicted: predicted, classes: classes, ignoring: ignored))
    }

    /// Adds an image that was counted before. Throws `shapeMismatch` for another number of classes.
    public mutating func add(_ image: ConfusionMatrix) throws(TrainingError) {
        try pooled.add(image)
        images.append(image)
    }

    /// Global accuracy of each image, as the paper's Tables 3 and 4 summarise it.
    public var globalAccuracy: Distribution { Distribution(images.map(\.globalAccuracy)) }

    /// A class's score over the images where it is defined: the mean of per-image values.
    public func perImage(_ measure: ClassScores.Measure, of label: Int) -> Distribution {
        Distribution(images.map { $0.scores(of: label).value(of: measure) })
    }

    /// A class's score over all pixels together.
    public func pooled(_ measure: ClassScores.Measure, of label: Int) -> Double? {
        pooled.scores(of: label).value(of: measure)
    }
}

/// Mean and spread of values, some of which may be undefined.
public struct Distribution: Hashable, Sendable {
    /// Values that are defined.
    public let count: Int
    /// Values that are not.
    public let undefined: Int
    public let mean: Double?
    /// With n − 1, as MATLAB's `var`; nil below two values.
    public let variance: Double?

    public init(_ values: some Sequence<Double?>) {
        let all = Array(values)
        let defined = all.compactMap { $0 }
        let count = defined.count
        let mean = count > 0 ? defined.reduce(0, +) / Double(count) : nil
        self.count = count
        self.mean = mean
        undefined = all.count - count
        guard count > 1, let mean else {
            variance = nil
            return
        }
        variance = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    }

    public var standardDeviation: Double? { variance?.squareRoot() }
}
