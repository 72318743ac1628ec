/// What one epoch came to: a line of a run's `history.jsonl`.
public struct EpochRecord: Hashable, Sendable, Codable {
    /// Counts from 1.
    public var epoch: Int
    /// Optimiser steps taken so far.
    public var step: Int
    public var learningRate: Double
    /// Means over the epoch's batches.
    public var loss: Double
    public var gradientNorm: Double
    /// On the validation examples; nil where there are none.
    public var validation: ValidationRecord?
    /// Wall time of training and validation.
    public var seconds: Double
    /// What computed, and how precisely; nil in histories that do not say it.
    public var device: String?

    public init(
        epoch: Int, step: Int, learningRate: Double, loss: Double, gradientNorm: Double, validation: ValidationRecord?,
        seconds: Double, device: String? = nil
    ) {
        self.epoch = epoch
        self.step = step
        self.learningRate = learningRate
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.validation = validation
        self.seconds = seconds
        self.device = device
    }
}

/// Scores on the validation examples.
public struct ValidationRecord: Hashable, Sendable, Codable {
    /// Pooled Dice of every class, background first; nil where a class neither occurs nor is predicted.
    public var dice: [Double?]
    /// Mean of the images' global accuracies, background included.
    public var globalAccuracy: Double?

    public init(_ evaluation: Evaluation) {
        dice = (0..<evaluation.classes).map { evaluation.pooled(.dice, of: $0) }
        globalAccuracy = evaluation.globalAccuracy.mean
    }

    /// What the best model is chosen by: pooled Dice, averaged over the classes but background where it is defined.
    public var score: Double? { Distribution(dice.dropFirst()).mean }
}
