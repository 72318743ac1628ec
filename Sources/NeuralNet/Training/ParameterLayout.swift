/// Where every parameter lives on the device: the trainable ones side by side in one array, so that the optimiser makes
/// one pass; the statistics of batch normalisations in another.
struct ParameterLayout: Sendable {
    /// Offsets in floats into the array of trainable parameters, and those of their gradients and moments.
    let trainable: [String: Range<Int>]
    /// Floats of the array. Convolution weights come first, up to `weightCount`; then biases, gammas and betas.
    let count: Int
    let weightCount: Int
    /// Offsets in floats of the running statistics, and of what a normalisation remembers of its batch.
    let statistics: [String: Range<Int>]
    let statisticsCount: Int

    /// What the forward pass of a batch normalisation leaves for the backward pass.
    enum BatchStatistic: String, CaseIterable {
        case mean = "batch_mean"
        case variance = "batch_var"
        case inverseStd = "batch_inverse_std"
        case scale = "batch_scale"
        case shift = "batch_shift"
    }

    init(_ network: Network) {
        var place = Placer()
        let kernels = network.parameters.filter { $0.role == .weight }
        let vectors = network.parameters.filter { $0.role.isTrainable && $0.role != .weight }
        for spec in kernels { place.add(spec.name, spec.count) }
        weightCount = place.end
        for spec in vectors { place.add(spec.name, spec.count) }
        trainable = place.ranges
        count = place.end

        var statistics = Placer()
        for spec in network.parameters where spec.role == .runningMean || spec.role == .runningVariance {
            statistics.add(spec.name, spec.count)
        }
        for node in network.nodes {
            guard case .batchNormalization = node.operation else { continue }
            for statistic in BatchStatistic.allCases {
                statistics.add("\(node.name).\(statistic.rawValue)", node.channels)
            }
        }
        self.statistics = statistics.ranges
        statisticsCount = statistics.end
    }

    /// What a network computes with once its normalisations are folded: for every step with parameters `NAME.weight` and
    /// `NAME.bias` as `FoldedWeights` gives them, and for a normalisation of its own zeros, `NAME.zero`.
    init(folded list: StepList, network: Network) {
        var place = Placer()
        for step in list.steps {
            let name = network.nodes[step.node].name
            let channels = network.nodes[step.output].channels
            switch step.kind {
            case .convolution(_, let norm, _):
                for spec in network.parameters(of: step.node) { place.add(spec.name, spec.count) }
                if norm != nil, place.ranges["\(name).bias"] == nil { place.add("\(name).bias", channels) }
            case .transposedConvolution:
                for spec in network.parameters(of: step.node) { place.add(spec.name, spec.count) }
            case .batchNormalization:
                for part in ["weight", "bias", "zero"] { place.add("\(name).\(part)", channels) }
            case .relu, .maxPool, .maxUnpool, .concatenation, .copy, .dropout, .softmax:
                break
            }
        }
        trainable = place.ranges
        count = place.end
        weightCount = place.end
        statistics = [:]
        statisticsCount = 0
    }

    /// Puts one array after another, each at a multiple of 64 bytes.
    private struct Placer {
        var ranges: [String: Range<Int>] = [:]
        var end = 0

        mutating func add(_ name: String, _ count: Int) {
            ranges[name] = end..<(end + count)
            end += (count + 15) / 16 * 16
        }
    }
}
