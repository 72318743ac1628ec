import NeuralNet

/// How two arrays differ, for messages that say where.
public struct Difference: Sendable, CustomStringConvertible {
    /// The largest |actual − expected| / (atol + rtol·|expected|); at most 1 when all values are close.
    public let ratio: Float
    public let index: Int
    public let actual: Float
    public let expected: Float
    public var isClose: Bool { ratio <= 1 }

    public var description: String { "element \(index): \(actual), expected \(expected) (\(ratio) × tolerance)" }
}

/// Compares element by element: close when |actual − expected| ≤ atol + rtol·|expected|. NaN is close to nothing, nor
/// are arrays of different length.
public func difference(_ actual: [Float], _ expected: [Float], atol: Float, rtol: Float) -> Difference {
    guard actual.count == expected.count else {
        return Difference(ratio: .infinity, index: -1, actual: Float(actual.count), expected: Float(expected.count))
    }
    var worst = Difference(ratio: 0, index: 0, actual: actual.first ?? 0, expected: expected.first ?? 0)
    for index in actual.indices {
        let ratio = abs(actual[index] - expected[index]) / (atol + rtol * abs(expected[index]))
        if !(ratio <= worst.ratio) {
            worst = Difference(
                ratio: ratio.isNaN ? .infinity : ratio, index: index, actual: actual[index], expected: expected[index])
        }
    }
    return worst
}

/// ‖actual − expected‖₂ / ‖expected‖₂.
public func relativeError(_ actual: [Float], _ expected: [Float]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    var error = 0.0
    var norm = 0.0
    for (a, e) in zip(actual, expected) {
        error += (Double(a) - Double(e)) * (Double(a) - Double(e))
        norm += Double(e) * Double(e)
    }
    return (error / norm).squareRoot()
}
