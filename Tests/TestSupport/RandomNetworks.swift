import NeuralNet

/// Random networks for property tests: any operation may follow any other, values have several consumers, concatenations
/// nest and repeat their inputs.
public struct RandomNetwork {
    public let network: Network
    /// Height and width it accepts.
    public static let size = 8

    public init(seed: UInt64, operations: Int = 12, classes: Int = 3) throws {
        var graph = try RandomGraph(seed: seed)
        for _ in 0..<operations { try graph.append() }
        network = try graph.finish(classes: classes)
    }
}

/// A network in the making.
private struct RandomGraph {
    var builder: NetworkBuilder
    var random: RandomGenerator
    /// Values so far, and how often each was halved.
    var values: [(value: NetworkBuilder.Value, level: Int)]
    var unused: Set<NetworkBuilder.Value>
    var pools: [(indices: NetworkBuilder.Indices, level: Int, channels: Int)] = []
    var names = 0

    init(seed: UInt64) throws {
        random = RandomGenerator(seed: seed)
        builder = try NetworkBuilder(inputChannels: 2)
        let stem = try builder.convolution(builder.input, to: 9, name: "stem")
        values = [(builder.input, 0), (stem, 0)]
        unused = [stem]
    }

    mutating func append() throws {
        let (x, level) = values[Int.random(in: 0..<values.count, using: &random)]
        let channels = try builder.channels(of: x)
        names += 1
        let name = "layer\(names)"
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2:
            let width = Int.random(in: 1...12, using: &random)
            let bias = Bool.random(using: &random)
            add(try builder.convolution(x, to: width, bias: bias, name: name), level, from: [x])
        case 3: add(try builder.convolution(x, to: 5, kernel: 1, name: name), level, from: [x])
        case 4, 5: add(try builder.batchNormalization(x, name: name), level, from: [x])
        case 6: add(try builder.relu(x, name: name), level, from: [x])
        case 7 where level < 2:
            let pooled = try builder.maxPool(x, name: name)
            pools.append((pooled.indices, level + 1, channels))
            add(pooled.value, level + 1, from: [x])
        case 8 where level > 0: add(try builder.transposedConvolution(x, to: 6, name: name), level - 1, from: [x])
        case 9:
            guard let pool = pools.first(where: { $0.level == level && $0.channels == channels }) else { return }
            add(try builder.maxUnpool(x, indices: pool.indices, name: name), level - 1, from: [x])
        case 10, 11:
            let sameSize = values.filter { $0.level == level }.map(\.value)
            var inputs = [x]
            for _ in 0...Int.random(in: 0...1, using: &random) {
                inputs.append(sameSize[Int.random(in: 0..<sameSize.count, using: &random)])
            }
            add(try builder.concatenation(inputs, name: name), level, from: inputs)
        default: add(try builder.dropout(x, rate: 0, name: name), level, from: [x])
        }
    }

    private mutating func add(_ value: NetworkBuilder.Value, _ level: Int, from inputs: [NetworkBuilder.Value]) {
        values.append((value, level))
        unused.insert(value)
        unused.subtract(inputs)
    }

    /// Brings every unused value to full size and joins them.
    mutating func finish(classes: Int) throws -> Network {
        var loose = values.filter { unused.contains($0.value) }
        for index in loose.indices {
            while loose[index].level > 0 {
                names += 1
                loose[index].value = try builder.transposedConvolution(loose[index].value, to: 3, name: "up\(names)")
                loose[index].level -= 1
            }
        }
        let joined =
            loose.count == 1 ? loose[0].value : try builder.concatenation(loose.map(\.value), name: "join")
        let output = try builder.convolution(joined, to: classes, kernel: 1, name: "head")
        return try builder.network(output: output)
    }
}
