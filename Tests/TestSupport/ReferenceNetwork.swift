import NeuralNet

/// A network evaluated node by node in double precision with plain loops: no fusing, no folding, no sharing of memory. The
/// engine's numbers are held against it on graphs for which there is no PyTorch twin. Dropout is the identity.
public struct ReferenceNetwork {
    /// An activation N×H×W×C.
    public struct Value {
        public let n, h, w, c: Int
        public var data: [Double]

        init(n: Int, h: Int, w: Int, c: Int) {
            (self.n, self.h, self.w, self.c) = (n, h, w, c)
            data = [Double](repeating: 0, count: n * h * w * c)
        }

        public init(_ tensor: Tensor) {
            self.init(n: tensor.shape.n, h: tensor.shape.h, w: tensor.shape.w, c: tensor.shape.c)
            data = tensor.values.map { Double($0) }
        }

        var pixels: Int { n * h * w }

        /// 0 outside the image.
        func at(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> Double {
            guard row >= 0, row < h, column >= 0, column < w else { return 0 }
            return data[((image * h + row) * w + column) * c + channel]
        }
    }

    public let network: Network
    /// By name, in PyTorch's order.
    public var parameters: [String: [Double]] = [:]
    /// Batch normalisation uses the batch's statistics.
    public let training: Bool

    public init(_ network: Network, _ store: ParameterStore, training: Bool) throws {
        self.network = network
        self.training = training
        for spec in store.specs where spec.layout != .scalar {
            parameters[spec.name] = try store.values(spec.name).map { Double($0) }
        }
    }

    /// The network's output.
    public func output(_ input: Tensor) -> Value { output(Value(input)) }

    /// The output for an input in double precision.
    public func output(_ input: Value) -> Value {
        var values: [Value] = []
        var winners: [Int: [Int]] = [:]
        for (index, node) in network.nodes.enumerated() {
            let inputs = node.inputs.map { values[$0] }
            switch node.operation {
            case .input: values.append(input)
            case .convolution(let kernel, let bias): values.append(convolution(node, inputs[0], kernel, bias))
            case .transposedConvolution: values.append(transposed(node, inputs[0]))
            case .batchNormalization(let constants): values.append(normalized(node, inputs[0], constants))
            case .relu:
                var value = inputs[0]
                value.data = value.data.map { max($0, 0) }
                values.append(value)
            case .maxPool:
                let (value, indices) = pooled(inputs[0])
                winners[index] = indices
                values.append(value)
            case .maxUnpool(let pool):
                var value = Value(n: inputs[0].n, h: 2 * inputs[0].h, w: 2 * inputs[0].w, c: inputs[0].c)
                for (source, target) in winners[pool]!.enumerated() { value.data[target] = inputs[0].data[source] }
                values.append(value)
            case .concatenation: values.append(concatenated(inputs))
            case .dropout: values.append(inputs[0])
            case .softmax: values.append(softmax(inputs[0]))
            }
        }
        return values[network.output]
    }

    private func convolution(_ node: Network.Node, _ x: Value, _ kernel: Int, _ bias: Bool) -> Value {
        let weights = parameters["\(node.name).weight"]!
        var y = Value(n: x.n, h: x.h, w: x.w, c: node.channels)
        for pixel in 0..<x.pixels {
            let (n, row, column) = (pixel / (x.h * x.w), pixel / x.w % x.h, pixel % x.w)
            for o in 0..<y.c {
                var sum = bias ? parameters["\(node.name).bias"]![o] : 0
                for i in 0..<x.c {
                    for a in 0..<kernel {
                        for b in 0..<kernel {
                            let tap = weights[((o * x.c + i) * kernel + a) * kernel + b]
                            sum += tap * x.at(n, row + a - kernel / 2, column + b - kernel / 2, i)
                        }
                    }
                }
                y.data[pixel * y.c + o] = sum
            }
        }
        return y
    }

    private func transposed(_ node: Network.Node, _ x: Value) -> Value {
        let weights = parameters["\(node.name).weight"]!
        let bias = parameters["\(node.name).bias"]!
        var y = Value(n: x.n, h: 2 * x.h, w: 2 * x.w, c: node.channels)
        for pixel in 0..<y.pixels {
            let (n, row, column) = (pixel / (y.h * y.w), pixel / y.w % y.h, pixel % y.w)
            for o in 0..<y.c {
                var sum = bias[o]
                for i in 0..<x.c {
                    sum += weights[((i * y.c + o) * 2 + row % 2) * 2 + column % 2] * x.at(n, row / 2, column / 2, i)
                }
                y.data[pixel * y.c + o] = sum
            }
        }
        return y
    }

    private func normalized(_ node: Network.Node, _ x: Value, _ constants: BatchNormalization) -> Value {
        var y = x
        for c in 0..<x.c {
            let channel = stride(from: c, to: x.data.count, by: x.c).map { x.data[$0] }
            let batchMean = channel.reduce(0, +) / Double(x.pixels)
            let batchVariance = channel.reduce(0) { $0 + ($1 - batchMean) * ($1 - batchMean) } / Double(x.pixels)
            let mean = training ? batchMean : parameters["\(node.name).running_mean"]![c]
            let variance = training ? batchVariance : parameters["\(node.name).running_var"]![c]
            let scale = parameters["\(node.name).weight"]![c] / (variance + Double(constants.epsilon)).squareRoot()
            for index in stride(from: c, to: x.data.count, by: x.c) {
                y.data[index] = (x.data[index] - mean) * scale + parameters["\(node.name).bias"]![c]
            }
        }
        return y
    }

    /// The maxima, and for each the index of the element it came from.
    private func pooled(_ x: Value) -> (Value, [Int]) {
        var y = Value(n: x.n, h: x.h / 2, w: x.w / 2, c: x.c)
        var winners = [Int](repeating: 0, count: y.data.count)
        for index in y.data.indices {
            let (pixel, c) = (index / y.c, index % y.c)
            let (n, row, column) = (pixel / (y.h * y.w), pixel / y.w % y.h, pixel % y.w)
            let window = (0..<4).map { ((n * x.h + 2 * row + $0 / 2) * x.w + 2 * column + $0 % 2) * x.c + c }
            let best = window.dropFirst().reduce(window[0]) { x.data[$1] > x.data[$0] ? $1 : $0 }
            winners[index] = best
            y.data[index] = x.data[best]
        }
        return (y, winners)
    }

    private func concatenated(_ inputs: [Value]) -> Value {
        var y = Value(n: inputs[0].n, h: inputs[0].h, w: inputs[0].w, c: inputs.reduce(0) { $0 + $1.c })
        var channel = 0
        for x in inputs {
            for pixel in 0..<x.pixels {
                for c in 0..<x.c { y.data[pixel * y.c + channel + c] = x.data[pixel * x.c + c] }
            }
            channel += x.c
        }
        return y
    }

    private func softmax(_ x: Value) -> Value {
        var y = x
        for pixel in 0..<x.pixels {
            let range = (pixel * x.c)..<((pixel + 1) * x.c)
            let probabilities = Self.softmax(Array(x.data[range]))
            y.data.replaceSubrange(range, with: probabilities)
        }
        return y
    }

    static func softmax(_ logits: [Double]) -> [Double] {
        let largest = logits.max() ?? 0
        let powers = logits.map { exponential($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
