/// A network as an immutable graph: nodes in topological order, one input, one output. Made by `NetworkBuilder`.
public struct Network: Hashable, Sendable {
    /// One operation of a network; its value is the activation it yields.
    public struct Node: Hashable, Sendable {
        /// A unique name; for layers with parameters it is PyTorch's module name, such as `encoder.0.conv1`.
        public let name: String
        public let operation: Operation
        /// The nodes whose values it reads, all of them earlier ones.
        public let inputs: [Int]
        /// Channels of its value.
        public let channels: Int

        /// How messages name the node, for example `convolution 3×3 "encoder.0.conv1"`.
        var title: String { "\(operation.kind) \"\(name)\"" }
    }

    public let nodes: [Node]
    /// The node whose value is the network's output.
    public let output: Int
    /// All parameters in PyTorch's order: node by node, in each weight, bias, running statistics.
    public let parameters: [ParameterSpec]

    init(nodes: [Node], output: Int) {
        self.nodes = nodes
        self.output = output
        self.parameters = nodes.indices.flatMap { ParameterSpec.of(node: $0, in: nodes) }
    }

    /// Channels of the input.
    public var inputChannels: Int { nodes[0].channels }
    /// Channels of the output.
    public var outputChannels: Int { nodes[output].channels }
    /// Elements of all trainable parameters.
    public var trainableParameterCount: Int {
        parameters.reduce(0) { $0 + ($1.role.isTrainable ? $1.count : 0) }
    }

    /// The parameters of one node.
    func parameters(of node: Int) -> [ParameterSpec] { parameters.filter { $0.node == node } }

    /// For every node, the later nodes that read its value, in order; a node that reads it twice is named twice.
    var consumers: [[Int]] {
        var result = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { result[input].append(index) }
        }
        return result
    }
}
