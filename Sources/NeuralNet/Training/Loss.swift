/// What training minimises: crossEntropyWeight · cross-entropy + diceWeight · soft Dice loss, over logits N×H×W×C and labels
/// N×H×W.
///
/// - Cross-entropy as PyTorch's `cross_entropy`: Σ w[label]·(−log p[label]) / Σ w[label] over the pixels that count.
/// - Soft Dice (Milletari et al. 2016, without squares): 1 − mean over all classes of
///   (2·Σ p·g + ε) / (Σ p + Σ g + ε), the sums over all pixels of the batch that count, ε = 1e-5.
public struct Loss: Hashable, Sendable {
    /// One weight per class for the cross-entropy, or nil for ones.
    public var classWeights: [Float]?
    /// Pixels with this label do not count.
    public var ignoredLabel: UInt8?
    public var crossEntropyWeight: Float
    public var diceWeight: Float

    public init(
        crossEntropyWeight: Float = 1, diceWeight: Float = 0, classWeights: [Float]? = nil, ignoredLabel: UInt8? = nil
    ) {
        self.crossEntropyWeight = crossEntropyWeight
        self.diceWeight = diceWeight
        self.classWeights = classWeights
        self.ignoredLabel = ignoredLabel
    }

    /// Pixel-wise cross-entropy.
    public static func crossEntropy(classWeights: [Float]? = nil, ignoring label: UInt8? = nil) -> Loss {
        Loss(crossEntropyWeight: 1, diceWeight: 0, classWeights: classWeights, ignoredLabel: label)
    }

    /// Soft Dice loss.
    public static func dice(ignoring label: UInt8? = nil) -> Loss {
        Loss(crossEntropyWeight: 0, diceWeight: 1, ignoredLabel: label)
    }

    /// The sum of both.
    public static func crossEntropyAndDice(classWeights: [Float]? = nil, ignoring label: UInt8? = nil) -> Loss {
        Loss(crossEntropyWeight: 1, diceWeight: 1, classWeights: classWeights, ignoredLabel: label)
    }

    /// Throws `invalidArgument` for negative or non-finite weights, `shapeMismatch` for another number of class weights than
    /// classes.
    func check(classes: Int) throws(NeuralNetError) {
        let weights = [crossEntropyWeight, diceWeight] + (classWeights ?? [])
        guard weights.allSatisfy({ $0.isFinite && $0 >= 0 }), crossEntropyWeight + diceWeight > 0 else {
            throw NeuralNetError(
                .invalidArgument, operation: "loss",
                message: "Weights must be finite and at least 0, and one part of the loss above 0: \(self).")
        }
        if let classWeights, classWeights.count != classes {
            throw NeuralNetError(
                .shapeMismatch, operation: "loss",
                message: "The network has \(classes) classes, but \(classWeights.count) class weights were given.")
        }
        guard classes <= 256 else {
            throw NeuralNetError(
                .unsupported, operation: "loss",
                message: "A label is one byte, so at most 256 classes can be trained, but there are \(classes).")
        }
    }
}
