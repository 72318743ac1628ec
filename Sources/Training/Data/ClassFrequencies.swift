/// Class pixel counts of a data set, the paper's Table 1, and the weights that follow from them.
public struct ClassFrequencies: Hashable, Sendable {
    /// Pixels of each class.
    public private(set) var classPixels: [Int]
    /// Pixels of all images that contain the class.
    public private(set) var imagePixels: [Int]

    public init(classes: Int) {
        classPixels = [Int](repeating: 0, count: max(1, classes))
        imagePixels = classPixels
    }

    /// From known counts. Throws `invalidArgument` unless both lists are as long and counts are not negative.
    public init(classPixels: [Int], imagePixels: [Int]) throws(TrainingError) {
        guard classPixels.count == imagePixels.count, !classPixels.isEmpty,
            zip(classPixels, imagePixels).allSatisfy({ 0 <= $0 && $0 <= $1 })
        else {
            throw TrainingError(
                .invalidArgument, subject: "class frequencies",
                message: "Every class needs a pixel count and an image pixel count that is not smaller.")
        }
        self.classPixels = classPixels
        self.imagePixels = imagePixels
    }

    /// Counts an image's labels; pixels with the label `ignored` count neither for a class nor for the image. Throws
    /// `labelOutOfRange`; nothing is counted then.
    public mutating func add(
        image labels: some RandomAccessCollection<UInt8>, ignoring ignored: UInt8? = nil
    ) throws(TrainingError) {
        var counts = [Int](repeating: 0, count: 256)
        for label in labels { counts[Int(label)] += 1 }
        if let ignored { counts[Int(ignored)] = 0 }
        if let wrong = counts.indices.dropFirst(classPixels.count).first(where: { counts[$0] > 0 }) {
            throw TrainingError(
                .labelOutOfRange, subject: "class frequencies",
                message: "Label \(wrong) is none of the \(classPixels.count) classes.")
        }
        let pixels = counts.reduce(0, +)
        for label in classPixels.indices where counts[label] > 0 {
            classPixels[label] += counts[label]
            imagePixels[label] += pixels
        }
    }

    /// Class pixels / pixels of the images that contain the class (Eigen & Fergus 2015); nil for a class in no image.
    public func frequency(of label: Int) -> Double? { ratio(classPixels[label], imagePixels[label]) }

    /// Median-frequency balancing: median frequency / frequency, the median over the classes that occur, as the paper's pixel
    /// classification layer uses it. A class that never occurs gets 0: it has no pixel to weigh.
    public var medianFrequencyWeights: [Float] {
        let frequencies = classPixels.indices.map { frequency(of: $0) }
        let sorted = frequencies.compactMap { $0 }.filter { $0 > 0 }.sorted()
        guard !sorted.isEmpty else { return frequencies.map { _ in 0 } }
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        return frequencies.map { frequency in
            guard let frequency, frequency > 0 else { return 0 }
            return Float(median / frequency)
        }
    }
}
