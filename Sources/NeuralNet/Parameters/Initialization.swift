/// How the weights of convolutions start. Biases start at 0, batch normalisation at the identity.
public enum Initialization: String, Hashable, Sendable, CaseIterable, Codable {
    /// Normal with variance 2/fan-in (He et al. 2015, equation 10): keeps variance through ReLUs.
    case he
    /// Uniform with variance 2/(fan-in + fan-out) (Glorot & Bengio 2010, equation 16).
    case glorot

    /// Weights of a parameter; the same seed and name give the same values on every machine.
    func weights(_ spec: ParameterSpec, seed: UInt64) -> [Float] {
        var generator = RandomGenerator(seed: seed, stream: spec.name)
        switch self {
        case .he:
            let deviation = (2 / Double(spec.fanIn)).squareRoot()
            return (0..<spec.count).map { _ in Float(deviation * generator.normal()) }
        case .glorot:
            let limit = (6 / Double(spec.fanIn + spec.fanOut)).squareRoot()
            return (0..<spec.count).map { _ in Float(limit * (2 * generator.uniform() - 1)) }
        }
    }
}

extension ParameterStore {
    /// Fresh parameters for a network.
    public static func initialized(
        _ network: Network, seed: UInt64, weights: Initialization = .he
    ) -> ParameterStore {
        ParameterStore(network: network) { spec in
            switch spec.role {
            case .weight: .values(weights.weights(spec, seed: seed))
            case .gamma, .runningVariance: .values([Float](repeating: 1, count: spec.count))
            case .bias, .beta, .runningMean: .values([Float](repeating: 0, count: spec.count))
            case .batchesTracked: .counter(0)
            }
        }
    }
}
