import NeuralNet

/// Seeded random tensors for tests.
extension Tensor {
    /// Standard normal values.
    public static func normal(_ shape: Shape, seed: UInt64) throws -> Tensor {
        var generator = RandomGenerator(seed: seed)
        return try Tensor((0..<shape.count).map { _ in Float(generator.normal()) }, shape: shape)
    }
}

extension LabelMap {
    /// Uniform labels below `classes`.
    public static func random(n: Int, h: Int, w: Int, classes: Int, seed: UInt64) throws -> LabelMap {
        var generator = RandomGenerator(seed: seed)
        return try LabelMap(
            (0..<(n * h * w)).map { _ in UInt8.random(in: 0..<UInt8(classes), using: &generator) }, n: n, h: h, w: w)
    }
}

extension ParameterStore {
    /// The store with every normalisation and bias drawn at random, so that none is an identity.
    public func randomized(seed: UInt64) throws -> ParameterStore {
        var result = self
        for spec in specs where spec.layout == .channels {
            var generator = RandomGenerator(seed: seed, stream: spec.name)
            let values = (0..<spec.count).map { _ in
                switch spec.role {
                case .gamma, .runningVariance: Float(0.5 + generator.uniform())
                default: Float(0.3 * generator.normal())
                }
            }
            try result.set(spec.name, to: values)
        }
        return result
    }
}
