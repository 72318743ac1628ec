import NeuralNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a dreamt picture is to make large, as the mean over its pixels.
public enum DreamObjective: String, Hashable, Sendable, Codable, CaseIterable {
    /// The class's logit, as MATLAB's `deepDreamImage` does with a layer's channel. What raises all classes alike counts too.
    case logit
    /// The class's logit less the mean of the others': only what tells the class from them counts.
    case contrast
    /// The logarithm of the class's probability. Pixels that are the class already stop pulling.
    case probability

    /// The objective for logits N×H×W×classes, and its gradient. `channel` must be a class.
    package func evaluate(_ logits: Tensor, channel: Int) throws(NeuralNetError) -> (value: Double, gradient: Tensor) {
        let classes = logits.shape.c
        let share = 1 / Float(logits.shape.pixels)
        let others = Float(max(1, classes - 1))
        var value = 0.0
        var gradient = try Tensor(zeros: logits.shape)
        try gradient.withMutableValues { slopes throws(NeuralNetError) in
            logits.withValues { scores in
                for first in stride(from: 0, to: scores.count, by: classes) {
                    let largest = (first..<(first + classes)).reduce(-Float.infinity) { max($0, scores[$1]) }
                    let sum = (first..<(first + classes)).reduce(0) { $0 + exp(scores[$1] - largest) }
                    for index in first..<(first + classes) {
                        let own: Float = index == first + channel ? 1 : 0
                        switch self {
                        case .logit:
                            slopes[index] = own * share
                            value += Double(own * scores[index])
                        case .contrast:
                            let weight = own - (1 - own) / others
                            slopes[index] = weight * share
                            value += Double(weight * scores[index])
                        case .probability:
                            slopes[index] = (own - exp(scores[index] - largest) / sum) * share
                            value += Double(own * (scores[index] - largest - log(sum)))
                        }
                    }
                }
            }
        }
        return (value * Double(share), gradient)
    }
}
