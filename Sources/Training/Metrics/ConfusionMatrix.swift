/// How many pixels of each actual class were predicted as each class.
public struct ConfusionMatrix: Hashable, Sendable {
    public let classes: Int
    /// Row: actual class; column: predicted class.
    private var counts: [Int]

    public init(classes: Int) {
        self.classes = max(1, classes)
        counts = [Int](repeating: 0, count: self.classes * self.classes)
    }

    /// Counts pixels. Throws `shapeMismatch` when the numbers of pixels differ, `labelOutOfRange` for a label that is no class
    /// and not `ignoring`; nothing is counted then.
    public init(
        actual: some RandomAccessCollection<UInt8>, predicted: some RandomAccessCollection<UInt8>, classes: Int,
        ignoring ignored: UInt8? = nil
    ) throws(TrainingError) {
        self.init(classes: classes)
        guard actual.count == predicted.count else {
            throw TrainingError(
                .shapeMismatch, subject: "confusion matrix",
                message: "There are \(actual.count) actual and \(predicted.count) predicted labels.")
        }
        for (truth, guess) in zip(actual, predicted) where truth != ignored {
            guard truth < self.classes, guess < self.classes else {
                throw TrainingError(
                    .labelOutOfRange, subject: "confusion matrix",
                    message: "Label \(max(truth, guess)) is none of the \(self.classes) classes.")
            }
            counts[Int(truth) * self.classes + Int(guess)] += 1
        }
    }

    /// From stored counts: a row per actual class, a column per predicted one. Throws `invalidArgument` unless there are as many
    /// rows as columns and no count is negative or beyond 2^40.
    public init(rows: [[Int]]) throws(TrainingError) {
        guard !rows.isEmpty, rows.allSatisfy({ $0.count == rows.count && $0.allSatisfy((0...(1 << 40)).contains) })
        else {
            throw TrainingError(
                .invalidArgument, subject: "confusion matrix",
                message: "A matrix of \(rows.count) classes has as many counts in every row, none negative.")
        }
        classes = rows.count
        counts = rows.flatMap { $0 }
    }

    /// A row per actual class, a column per predicted one.
    public var rows: [[Int]] { (0..<classes).map { Array(counts[($0 * classes)..<(($0 + 1) * classes)]) } }

    /// Pixels of class `actual` that were predicted as `predicted`; both must be classes.
    public subscript(actual actual: Int, predicted predicted: Int) -> Int {
        counts[actual * classes + predicted]
    }

    public var pixels: Int { counts.reduce(0, +) }

    /// Adds another image's counts. Throws `shapeMismatch` for another number of classes.
    public mutating func add(_ other: ConfusionMatrix) throws(TrainingError) {
        guard other.classes == classes else {
            throw TrainingError(
                .shapeMismatch, subject: "confusion matrix",
                message: "Matrices of \(classes) and \(other.classes) classes cannot be added.")
        }
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// The share of pixels predicted right, background included; nil without pixels.
    public var globalAccuracy: Double? {
        let right = (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: $1] }
        return ratio(right, pixels)
    }

    /// The class against all others.
    public func scores(of label: Int) -> ClassScores {
        let positives = (0..<classes).reduce(0) { $0 + self[actual: label, predicted: $1] }
        let called = (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: label] }
        let hits = self[actual: label, predicted: label]
        return ClassScores(
            truePositives: hits, falsePositives: called - hits, falseNegatives: positives - hits,
            trueNegatives: pixels - positives - called + hits)
    }
}

func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
