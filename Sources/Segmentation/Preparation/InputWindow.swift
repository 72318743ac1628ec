import NeuralNet

/// Maps Hounsfield units to what the networks see: `lower` and below to −1, `upper` and above to 1.
///
/// Training and serving use the same one; a model file carries it.
public struct InputWindow: Hashable, Sendable, Codable {
    /// HU.
    public let lower: Float
    /// HU.
    public let upper: Float

    /// Throws `invalidArgument` unless both are finite and `lower` is below `upper`.
    public init(lower: Float, upper: Float) throws(NeuralNetError) {
        guard lower.isFinite, upper.isFinite, lower < upper else {
            throw NeuralNetError(
                .invalidArgument, operation: "HU window",
                message: "A window needs a lower end below its upper end, but they are \(lower) and \(upper) HU.")
        }
        self.lower = lower
        self.upper = upper
    }

    private init(unchecked lower: Float, _ upper: Float) {
        self.lower = lower
        self.upper = upper
    }

    /// From air to dense soft tissue, −1000 to 400 HU: keeps ground-glass (about −700 to −300 HU) and consolidation
    /// (about −50 to 100 HU) well apart, and leaves bone and contrast out.
    public static let lungAndSoftTissue = InputWindow(unchecked: -1000, 400)

    /// −1 … 1. NaN becomes −1.
    public func normalized(_ hu: Float) -> Float {
        let share = (hu - lower) / (upper - lower)
        return share > 0 ? 2 * min(share, 1) - 1 : -1
    }
}
