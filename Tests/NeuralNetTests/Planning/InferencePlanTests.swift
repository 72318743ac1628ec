import NeuralNet
import TestSupport
import Testing

@Suite("Inference plan")
struct InferencePlanTests {
    func plan(_ network: Network, images: Int = 1) throws -> InferencePlan {
        let shape = try Shape(n: images, h: 16, w: 16, c: network.inputChannels)
        return try InferencePlan(network: network, input: shape, backend: try CPUBackend(threads: 1))
    }

    @Test("normalisation, ReLU, dropout and concatenation take no step of their own")
    func fusing() throws {
        let layers = try plan(SmallNetwork.withSkip(dropout: 0.5)).layers
        #expect(
            layers.map(\.name) == [
                "down.conv + down.norm + down.relu", layers[1].name, "bottom.conv + bottom.norm + bottom.relu", "up",
                "out.conv + out.norm + out.relu", "head",
            ])
        #expect(layers[1].kind == "max-pool 2×2")
    }

    @Test("a convolution that others read before its normalisation is not folded")
    func sharedConvolution() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let conv = try builder.convolution(builder.input, to: 4, name: "conv")
        let norm = try builder.batchNormalization(conv, name: "norm")
        let both = try builder.concatenation([conv, norm], name: "both")
        let network = try builder.network(output: both)
        #expect(try plan(network).layers.map(\.kind) == ["convolution 3×3", "batch normalization"])
    }

    @Test("a value in two concatenations is copied once")
    func twoConcatenations() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let a = try builder.convolution(builder.input, to: 4, name: "a")
        let b = try builder.convolution(a, to: 4, name: "b")
        let first = try builder.concatenation([a, b], name: "first")
        let c = try builder.convolution(first, to: 4, name: "c")
        let second = try builder.concatenation([c, a], name: "second")
        let network = try builder.network(output: second)
        #expect(try plan(network).layers.count { $0.kind == "copy" } == 1)
    }

    @Test("operations are counted as two per multiplication and addition")
    func flops() throws {
        let network = try SmallNetwork.withSkip()
        // 16×16: 1→8; 8×8: 8→16; up 16→8 with four taps; 16→8; head 8→3.
        let expected = 2 * (256 * 9 * 8 + 64 * 9 * 8 * 16 + 64 * 4 * 16 * 8 + 256 * 9 * 16 * 8 + 256 * 8 * 3)
        #expect(try plan(network).flops == expected)
        #expect(try network.flops(input: Shape(n: 1, h: 16, w: 16, c: 1)) == expected)
    }

    @Test("memory grows with the images, but for the weights")
    func memory() throws {
        let network = try SmallNetwork.withSkip()
        let one = try plan(network)
        let four = try plan(network, images: 4)
        #expect(four.weightBytes == one.weightBytes)
        #expect(four.arenaBytes > one.arenaBytes && four.arenaBytes <= 4 * one.arenaBytes)
        #expect(one.bytes == one.arenaBytes + one.weightBytes)
        // The largest layer: 8 → 16 or 16 → 8 channels, 3×3.
        #expect(one.peakBytes - one.bytes == 8 * 16 * 9 * 4)
    }
}
