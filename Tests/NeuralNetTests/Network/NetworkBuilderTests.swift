import NeuralNet
import TestSupport
import Testing

@Suite("Network builder")
struct NetworkBuilderTests {
    @Test("refuses channels below 1 and beyond its limit", arguments: [0, -3, 1 << 30])
    func channels(count: Int) {
        #expect(errorCode { _ = try NetworkBuilder(inputChannels: count) } == .invalidArgument)
        let code = errorCode {
            var builder = try NetworkBuilder(inputChannels: 1)
            _ = try builder.convolution(builder.input, to: count, name: "a")
        }
        #expect(code == .invalidArgument)
    }

    @Test("refuses other kernels than 1 and 3", arguments: [0, 2, 5])
    func kernels(kernel: Int) {
        let code = errorCode {
            var builder = try NetworkBuilder(inputChannels: 1)
            _ = try builder.convolution(builder.input, to: 2, kernel: kernel, name: "a")
        }
        #expect(code == .unsupported)
    }

    @Test("refuses a name twice, and names the layer")
    func names() {
        let error = thrownError {
            var builder = try NetworkBuilder(inputChannels: 1)
            let x = try builder.convolution(builder.input, to: 2, name: "twin")
            _ = try builder.convolution(x, to: 2, name: "twin")
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.operation.contains("twin") == true)
    }

    @Test("refuses indices of a pooling with other channels, and says both numbers")
    func unpool() {
        let error = thrownError {
            var builder = try NetworkBuilder(inputChannels: 5)
            let pooled = try builder.maxPool(builder.input)
            let x = try builder.convolution(pooled.value, to: 7, name: "a")
            _ = try builder.maxUnpool(x, indices: pooled.indices)
        }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.message.contains("5") == true && error?.message.contains("7") == true)
    }

    @Test("refuses a layer that leads nowhere")
    func unused() {
        let error = thrownError {
            var builder = try NetworkBuilder(inputChannels: 1)
            let x = try builder.convolution(builder.input, to: 2, name: "used")
            _ = try builder.convolution(x, to: 2, name: "forgotten")
            _ = try builder.network(output: x)
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.operation.contains("forgotten") == true)
    }

    @Test("refuses a dropout rate outside 0 ..< 1", arguments: [-0.1, 1, Float.nan])
    func dropout(rate: Float) {
        let code = errorCode {
            var builder = try NetworkBuilder(inputChannels: 1)
            _ = try builder.dropout(builder.input, rate: rate)
        }
        #expect(code == .invalidArgument)
    }

    @Test("names parameters as PyTorch does, with its shapes")
    func parameters() throws {
        let network = try SmallNetwork.withSkip()
        let shapes = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.shape) })
        #expect(shapes["down.conv.weight"] == [8, 1, 3, 3])
        #expect(shapes["up.weight"] == [16, 8, 2, 2])
        #expect(shapes["up.bias"] == [8])
        #expect(shapes["out.norm.running_var"] == [8])
        #expect(shapes["out.norm.num_batches_tracked"] == [])
        #expect(shapes["head.weight"] == [3, 8, 1, 1])
        #expect(shapes["down.conv.bias"] == nil)
    }
}

@Suite("Shape inference")
struct ShapeInferenceTests {
    @Test("gives the shape of every layer")
    func shapes() throws {
        let network = try SmallNetwork.withSkip()
        let shapes = try network.shapes(input: Shape(n: 2, h: 6, w: 10, c: 1))
        let byName = Dictionary(uniqueKeysWithValues: zip(network.nodes.map(\.name), shapes.map(\.description)))
        #expect(byName["bottom.conv"] == "2×3×5×16")
        #expect(byName["up"] == "2×6×10×8")
        #expect(byName["head"] == "2×6×10×3")
    }

    @Test("refuses a size that cannot be halved, and other channels, and says why")
    func mismatches() throws {
        let network = try SmallNetwork.withSkip()
        #expect(network.granularity == 2)
        let odd = thrownError { _ = try network.shapes(input: Shape(n: 1, h: 7, w: 8, c: 1)) }
        #expect(odd?.code == .shapeMismatch)
        #expect(odd?.message.contains("1×7×8×1") == true && odd?.message.contains("divisible by 2") == true)
        let channels = thrownError { _ = try network.shapes(input: Shape(n: 1, h: 8, w: 8, c: 3)) }
        #expect(channels?.code == .shapeMismatch)
        #expect(channels?.message.contains("1×8×8×3") == true)
    }

    @Test("refuses to concatenate different sizes, naming the layer")
    func concatenation() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let pooled = try builder.maxPool(builder.input).value
        let joined = try builder.concatenation([builder.input, pooled], name: "join")
        let network = try builder.network(output: joined)
        let error = thrownError { _ = try network.shapes(input: Shape(n: 1, h: 8, w: 8, c: 1)) }
        #expect(error?.code == .shapeMismatch)
        #expect(error?.operation.contains("join") == true)
    }

    @Test("refuses a shape beyond the address space")
    func overflow() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let wide = try builder.convolution(builder.input, to: 1 << 20, name: "wide")
        let network = try builder.network(output: wide)
        let code = errorCode { _ = try network.shapes(input: Shape(n: 1 << 22, h: 1 << 10, w: 1 << 10, c: 1)) }
        #expect(code == .outOfMemory)
    }
}
