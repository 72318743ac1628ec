/// Where every value lives: concatenations are done in place, each producer writing its slice of the channels.
struct Placement: Sendable {
    /// A value's place: a slice of the channels of a storage.
    struct Location: Hashable, Sendable {
        /// The node whose value fills the storage.
        let root: Int
        let channelOffset: Int
        /// Channels of the storage: values from pixel to pixel.
        let stride: Int

        var pixels: PixelLayout { PixelLayout(stride: stride, firstChannel: channelOffset) }
    }

    /// The steps, with concatenations replaced by the copies that remain.
    let steps: [Step]
    /// For every node with a value of its own, its place.
    let locations: [Int: Location]

    /// `dense` values are read or written by the host and therefore never become slices.
    init(_ list: StepList, network: Network, dense: Set<Int>) {
        var parents: [Int: (value: Int, channelOffset: Int)] = [:]
        var steps: [Step] = []
        for step in list.steps {
            guard case .concatenation = step.kind else {
                steps.append(step)
                continue
            }
            var channel = 0
            for input in step.inputs {
                if parents[input] == nil && !dense.contains(input) {
                    parents[input] = (step.output, channel)
                } else {
                    // The value already lives elsewhere.
                    let kind = Step.Kind.copy(channelOffset: channel)
                    steps.append(Step(kind: kind, node: step.node, inputs: [input], output: step.output))
                }
                channel += network.nodes[input].channels
            }
        }
        self.steps = steps
        var locations: [Int: Location] = [:]
        for value in Set(list.steps.flatMap { $0.inputs + [$0.output] } + [0, list.output]) {
            var root = value
            var channel = 0
            while let parent = parents[root] {
                channel += parent.channelOffset
                root = parent.value
            }
            locations[value] = Location(root: root, channelOffset: channel, stride: network.nodes[root].channels)
        }
        self.locations = locations
    }

    /// Where a step writes: its output's place, or for a copy its slice of it.
    func target(of step: Step) -> Location {
        let location = locations[step.output]!
        guard case .copy(let channelOffset) = step.kind else { return location }
        return Location(
            root: location.root, channelOffset: location.channelOffset + channelOffset, stride: location.stride)
    }
}
