/// One class against all others. A score whose denominator is zero is undefined, nil: never 0 and never 1.
public struct ClassScores: Hashable, Sendable {
    public let truePositives: Int
    public let falsePositives: Int
    public let falseNegatives: Int
    public let trueNegatives: Int

    public init(truePositives: Int, falsePositives: Int, falseNegatives: Int, trueNegatives: Int) {
        self.truePositives = truePositives
        self.falsePositives = falsePositives
        self.falseNegatives = falseNegatives
        self.trueNegatives = trueNegatives
    }

    /// TP / (TP + FN), also called recall.
    public var sensitivity: Double? { ratio(truePositives, truePositives + falseNegatives) }
    /// TN / (TN + FP).
    public var specificity: Double? { ratio(trueNegatives, trueNegatives + falsePositives) }
    /// TP / (TP + FP).
    public var precision: Double? { ratio(truePositives, truePositives + falsePositives) }
    /// 2·TP / (2·TP + FP + FN).
    public var dice: Double? { ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives) }

    /// √(sensitivity · specificity).
    public var gMean: Double? {
        guard let sensitivity, let specificity else { return nil }
        return (sensitivity * specificity).squareRoot()
    }

    /// 5·P·S / (4·P + S) with precision P and sensitivity S, which is 5·TP / (5·TP + 4·FN + FP).
    public var f2: Double? {
        ratio(5 * truePositives, 5 * truePositives + 4 * falseNegatives + falsePositives)
    }

    /// The scores of the paper's Tables 5 and 6, in its order.
    public enum Measure: String, Hashable, Sendable, CaseIterable, Codable {
        case sensitivity, specificity, dice, gMean, f2
    }

    public func value(of measure: Measure) -> Double? {
        switch measure {
        case .sensitivity: sensitivity
        case .specificity: specificity
        case .dice: dice
        case .gMean: gMean
        case .f2: f2
        }
    }
}
