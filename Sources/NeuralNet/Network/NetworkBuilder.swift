/// Builds a network node by node and checks each: channels fit, names are unique, parameters are in range.
///
/// Every method throws `invalidArgument` for a bad argument or a value of another builder's range, `shapeMismatch` when
/// channels do not fit.
public struct NetworkBuilder: Sendable {
    /// The activation a node yields.
    public struct Value: Hashable, Sendable {
        let node: Int
    }

    /// A max-pooling's two results: the maxima, and where they were (which node remembers it).
    public struct Pooled: Hashable, Sendable {
        public let value: Value
        public let indices: Indices
    }

    /// Where a max-pooling found its maxima.
    public struct Indices: Hashable, Sendable {
        let pool: Int
    }

    private var nodes: [Network.Node]
    private var names: Set<String>

    /// The network's input.
    public let input = Value(node: 0)

    public init(inputChannels: Int) throws(NeuralNetError) {
        nodes = []
        names = []
        try NetworkBuilder.check(channels: inputChannels, of: "input")
        _ = append("input", .input, inputs: [], channels: inputChannels)
    }

    /// The finished network with `output` as its output. Nodes that do not lead to it are an error.
    public func network(output: Value) throws(NeuralNetError) -> Network {
        let last = try node(output, for: "output")
        var needed = Set([output.node])
        for index in nodes.indices.reversed() where needed.contains(index) { needed.formUnion(nodes[index].inputs) }
        if let unused = nodes.indices.first(where: { !needed.contains($0) }) {
            throw NeuralNetError(
                .invalidArgument, operation: nodes[unused].title,
                message: "The layer does not lead to the network's output \"\(last.name)\".")
        }
        return Network(nodes: nodes, output: output.node)
    }

    /// Convolution with stride 1 and same padding; `kernel` is 1 or 3.
    public mutating func convolution(
        _ x: Value, to channels: Int, kernel: Int = 3, bias: Bool = true, name: String
    ) throws(NeuralNetError) -> Value {
        guard kernel == 1 || kernel == 3 else {
            throw NeuralNetError(
                .unsupported, operation: "convolution \"\(name)\"",
                message: "Kernels are 1×1 or 3×3, but \(kernel)×\(kernel) was asked for.")
        }
        return try layer(name, .convolution(kernel: kernel, bias: bias), [x], channels: channels)
    }

    /// 2×2 transposed convolution with stride 2 and bias.
    public mutating func transposedConvolution(
        _ x: Value, to channels: Int, name: String
    ) throws(NeuralNetError) -> Value {
        try layer(name, .transposedConvolution, [x], channels: channels)
    }

    public mutating func batchNormalization(
        _ x: Value, name: String, constants: BatchNormalization = BatchNormalization()
    ) throws(NeuralNetError) -> Value {
        guard constants.epsilon > 0, constants.epsilon.isFinite, (0...1).contains(constants.momentum) else {
            throw NeuralNetError(
                .invalidArgument, operation: "batch normalization \"\(name)\"",
                message: "Epsilon must be above 0 and momentum between 0 and 1, but they are \(constants.epsilon) and "
                    + "\(constants.momentum).")
        }
        return try layer(name, .batchNormalization(constants), [x])
    }

    public mutating func relu(_ x: Value, name: String? = nil) throws(NeuralNetError) -> Value {
        try layer(name ?? defaultName("relu"), .relu, [x])
    }

    public mutating func maxPool(_ x: Value, name: String? = nil) throws(NeuralNetError) -> Pooled {
        let value = try layer(name ?? defaultName("pool"), .maxPool, [x])
        return Pooled(value: value, indices: Indices(pool: value.node))
    }

    public mutating func maxUnpool(
        _ x: Value, indices: Indices, name: String? = nil
    ) throws(NeuralNetError) -> Value {
        let name = name ?? defaultName("unpool")
        let operation = Operation.maxUnpool(pool: indices.pool)
        guard nodes.indices.contains(indices.pool), case .maxPool = nodes[indices.pool].operation else {
            throw NeuralNetError(
                .invalidArgument, operation: "\(operation.kind) \"\(name)\"",
                message: "The indices do not belong to a max-pooling of this network.")
        }
        let expected = nodes[indices.pool].channels
        let actual = try node(x, for: name).channels
        guard expected == actual else {
            throw NeuralNetError(
                .shapeMismatch, operation: "\(operation.kind) \"\(name)\"",
                message: "The indices of \"\(nodes[indices.pool].name)\" have \(expected) channels, but the input has "
                    + "\(actual).")
        }
        return try layer(name, operation, [x])
    }

    /// The channels of all `inputs` one after the other.
    public mutating func concatenation(_ inputs: [Value], name: String? = nil) throws(NeuralNetError) -> Value {
        let name = name ?? defaultName("concatenation")
        guard inputs.count >= 2 else {
            throw NeuralNetError(
                .invalidArgument, operation: "concatenation \"\(name)\"",
                message: "At least 2 inputs are needed, but there are \(inputs.count).")
        }
        var channels = 0
        for input in inputs { channels += try node(input, for: name).channels }
        return try layer(name, .concatenation, inputs, channels: channels)
    }

    public mutating func dropout(_ x: Value, rate: Float, name: String? = nil) throws(NeuralNetError) -> Value {
        let name = name ?? defaultName("dropout")
        guard rate >= 0, rate < 1 else {
            throw NeuralNetError(
                .invalidArgument, operation: "dropout \"\(name)\"",
                message: "The rate must be at least 0 and below 1, but it is \(rate).")
        }
        return try layer(name, .dropout(rate: rate), [x])
    }

    /// Softmax over the channels.
    public mutating func softmax(_ x: Value, name: String? = nil) throws(NeuralNetError) -> Value {
        try layer(name ?? defaultName("softmax"), .softmax, [x])
    }

    /// Channels of a value.
    public func channels(of value: Value) throws(NeuralNetError) -> Int {
        try node(value, for: "channels").channels
    }

    // MARK: - Checks

    private mutating func layer(
        _ name: String, _ operation: Operation, _ inputs: [Value], channels: Int? = nil
    ) throws(NeuralNetError) -> Value {
        var own = 0
        for input in inputs { own = try node(input, for: name).channels }
        try NetworkBuilder.check(channels: channels ?? own, of: "\(operation.kind) \"\(name)\"")
        guard !name.isEmpty, !names.contains(name) else {
            throw NeuralNetError(
                .invalidArgument, operation: "\(operation.kind) \"\(name)\"",
                message: "A layer's name must be unique and not empty.")
        }
        return append(name, operation, inputs: inputs.map(\.node), channels: channels ?? own)
    }

    private mutating func append(_ name: String, _ operation: Operation, inputs: [Int], channels: Int) -> Value {
        names.insert(name)
        nodes.append(Network.Node(name: name, operation: operation, inputs: inputs, channels: channels))
        return Value(node: nodes.count - 1)
    }

    private func node(_ value: Value, for name: String) throws(NeuralNetError) -> Network.Node {
        guard nodes.indices.contains(value.node) else {
            throw NeuralNetError(
                .invalidArgument, operation: "layer \"\(name)\"",
                message: "The input is not a value of this network.")
        }
        return nodes[value.node]
    }

    private func defaultName(_ kind: String) -> String { "\(kind)#\(nodes.count)" }

    /// The most channels a layer may have; products of two such numbers and a kernel stay far below `Int.max`.
    private static let maximumChannels = 1 << 20

    private static func check(channels: Int, of layer: String) throws(NeuralNetError) {
        guard (1...maximumChannels).contains(channels) else {
            throw NeuralNetError(
                .invalidArgument, operation: layer,
                message: "Channels must be between 1 and \(maximumChannels), but there are \(channels).")
        }
    }
}
