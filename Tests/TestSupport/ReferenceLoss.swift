import NeuralNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

func exponential(_ x: Double) -> Double { exp(x) }

extension ReferenceNetwork {
    /// The loss of an input and its labels in double precision, after the formulas of `Loss`.
    public func loss(_ input: Tensor, labels: LabelMap, _ loss: Loss) -> Double {
        let logits = output(input)
        var entropy = 0.0
        var weights = 0.0
        var overlap = [Double](repeating: 0, count: logits.c)
        var total = overlap
        for (pixel, label) in labels.labels.enumerated() where label != loss.ignoredLabel {
            let range = (pixel * logits.c)..<((pixel + 1) * logits.c)
            let probabilities = ReferenceNetwork.softmax(Array(logits.data[range]))
            let weight = loss.classWeights.map { Double($0[Int(label)]) } ?? 1
            entropy -= weight * log(probabilities[Int(label)])
            weights += weight
            for c in 0..<logits.c { total[c] += probabilities[c] + (c == Int(label) ? 1 : 0) }
            overlap[Int(label)] += probabilities[Int(label)]
        }
        var dice = 0.0
        for c in 0..<logits.c { dice += (2 * overlap[c] + 1e-5) / (total[c] + 1e-5) / Double(logits.c) }
        let crossEntropy = Double(loss.crossEntropyWeight) * entropy / weights
        return crossEntropy + Double(loss.diceWeight) * (1 - dice)
    }
}
