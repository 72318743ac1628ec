/// What a backward pass is made for.
enum GradientTarget: Sendable {
    /// Every trainable parameter; batch normalisations use the batch's statistics.
    case parameters
    /// The network's input; parameters are frozen, batch normalisations use running statistics.
    case input
}

/// Where the gradient of every value lives.
///
/// The gradients of a concatenation's inputs are slices of the concatenation's gradient, and an element-wise layer
/// computes its input's gradient in the place of its output's; neither takes memory or time.
struct GradientPlacement: Sendable {
    /// For every value that needs a gradient, its place. Roots are values too.
    let locations: [Int: Placement.Location]
    let target: GradientTarget

    init(_ list: StepList, network: Network, of target: GradientTarget) {
        let required = GradientPlacement.valuesWithGradient(list, network: network, target: target)
        var consumers: [Int: [Step]] = [:]
        for step in list.steps {
            for input in step.inputs { consumers[input, default: []].append(step) }
        }
        var parents: [Int: (value: Int, channelOffset: Int)] = [:]
        // The output's gradient is written as a whole, and the input's read by the host: they are never slices.
        for value in required where value != list.output && value != 0 {
            // Backward, the last consumer is the first to contribute, so it finds the place unused.
            guard let last = consumers[value]?.last else { continue }
            if case .concatenation = last.kind {
                let before = last.inputs.prefix { $0 != value }
                parents[value] = (last.output, before.reduce(0) { $0 + network.nodes[$1].channels })
            } else if last.isElementwise {
                parents[value] = (last.output, 0)
            }
        }
        var locations: [Int: Placement.Location] = [:]
        for value in required {
            var root = value
            var channel = 0
            while let parent = parents[root] {
                channel += parent.channelOffset
                root = parent.value
            }
            locations[value] = Placement.Location(
                root: root, channelOffset: channel, stride: network.nodes[root].channels)
        }
        self.locations = locations
        self.target = target
    }

    /// Values behind a layer with parameters; the network's input and what is made of it alone need no gradient, unless
    /// the input's is what is asked for.
    private static func valuesWithGradient(
        _ list: StepList, network: Network, target: GradientTarget
    ) -> Set<Int> {
        let owners = Set(network.parameters.filter { $0.role.isTrainable }.map(\.node))
        var required: Set<Int> = target == .input ? [0] : []
        for step in list.steps where owners.contains(step.node) || step.inputs.contains(where: required.contains) {
            required.insert(step.output)
        }
        return required
    }
}

extension Step {
    /// Whether the input's gradient can replace the output's in place.
    fileprivate var isElementwise: Bool {
        switch kind {
        case .batchNormalization, .relu, .dropout, .softmax: true
        default: false
        }
    }
}
