/// Shapes of all values for a given input.
extension Network {
    /// The shape of every node's value for an input N×H×W×C.
    ///
    /// Throws `shapeMismatch`, naming the layer, when the channels are not the network's or a height or width is odd
    /// where it is halved, or when concatenated values differ; `outOfMemory` when a shape exceeds the address space.
    public func shapes(input: Shape) throws(NeuralNetError) -> [Shape] {
        try checkInput(input)
        var shapes: [Shape] = []
        shapes.reserveCapacity(nodes.count)
        for node in nodes {
            let inputs = node.inputs.map { shapes[$0] }
            shapes.append(node.inputs.isEmpty ? input : try shape(of: node, inputs: inputs, all: shapes))
        }
        return shapes
    }

    /// Height and width must be divisible by this: 2 for every halving on the way.
    public var granularity: Int {
        var halvings = [Int](repeating: 0, count: nodes.count)
        var deepest = 0
        for (index, node) in nodes.enumerated() {
            let before = node.inputs.map { halvings[$0] }.max() ?? 0
            switch node.operation {
            case .maxPool: halvings[index] = before + 1
            case .maxUnpool, .transposedConvolution: halvings[index] = before - 1
            default: halvings[index] = before
            }
            deepest = max(deepest, halvings[index])
        }
        return 1 << min(deepest, 62)
    }

    private func checkInput(_ input: Shape) throws(NeuralNetError) {
        guard input.c == inputChannels else {
            throw NeuralNetError(
                .shapeMismatch, operation: "input",
                message: "The network expects N×H×W×\(inputChannels), but the input is \(input).")
        }
        let granularity = granularity
        guard input.h % granularity == 0, input.w % granularity == 0 else {
            throw NeuralNetError(
                .shapeMismatch, operation: "input",
                message: "Height and width must be divisible by \(granularity), but the input is \(input).")
        }
    }

    private func shape(of node: Node, inputs: [Shape], all shapes: [Shape]) throws(NeuralNetError) -> Shape {
        let x = inputs[0]
        switch node.operation {
        case .input, .relu, .batchNormalization, .dropout, .softmax:
            return x
        case .convolution:
            return try x.with(c: node.channels)
        case .transposedConvolution:
            return try doubled(x, channels: node.channels)
        case .maxPool:
            guard x.h % 2 == 0, x.w % 2 == 0 else {
                throw mismatch(node, "Height and width must be even to be halved, but the input is \(x).")
            }
            return try Shape(n: x.n, h: x.h / 2, w: x.w / 2, c: x.c)
        case .maxUnpool(let pool):
            guard x == shapes[pool] else {
                throw mismatch(
                    node, "The indices of \"\(nodes[pool].name)\" have shape \(shapes[pool]), but the input is \(x).")
            }
            return try doubled(x, channels: x.c)
        case .concatenation:
            for other in inputs where (other.n, other.h, other.w) != (x.n, x.h, x.w) {
                throw mismatch(node, "All inputs must have the size \(x.n)×\(x.h)×\(x.w), but one is \(other).")
            }
            return try x.with(c: node.channels)
        }
    }

    private func doubled(_ x: Shape, channels: Int) throws(NeuralNetError) -> Shape {
        let (h, overflowH) = x.h.multipliedReportingOverflow(by: 2)
        let (w, overflowW) = x.w.multipliedReportingOverflow(by: 2)
        guard !overflowH, !overflowW else {
            throw NeuralNetError(.outOfMemory, operation: "shape", message: "Twice \(x) exceeds the address space.")
        }
        return try Shape(n: x.n, h: h, w: w, c: channels)
    }

    private func mismatch(_ node: Node, _ message: String) -> NeuralNetError {
        NeuralNetError(.shapeMismatch, operation: node.title, message: message)
    }
}
