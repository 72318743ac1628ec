import NeuralNet
import TestSupport
import Testing

@Suite("Random numbers and initialisation")
struct RandomGeneratorTests {
    @Test("xoshiro256** seeded by SplitMix64 gives the published sequence")
    func sequence() {
        // From a C version of both algorithms, for the seed 1.
        var generator = RandomGenerator(seed: 1)
        let expected: [UInt64] = [0xb3f2_af6d_0fc7_10c5, 0x853b_5596_4736_4cea, 0x92f8_9756_082a_4514]
        #expect((0..<3).map { _ in generator.next() } == expected)
    }

    @Test("normal numbers have mean 0, variance 1 and the tails of a normal distribution")
    func normal() {
        var generator = RandomGenerator(seed: 7)
        let values = (0..<100_000).map { _ in generator.normal() }
        let mean = values.reduce(0, +) / 1e5
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
        // Five standard errors of each.
        #expect(abs(mean) < 5 / 316.0)
        #expect(abs(variance - 1) < 5 * 0.00447)
        let beyondTwo = Double(values.count { abs($0) > 2 }) / 1e5
        #expect(abs(beyondTwo - 0.0455) < 5 * 0.00066)
    }

    @Test("streams of one seed differ, the same stream repeats")
    func streams() {
        var a = RandomGenerator(seed: 1, stream: "a")
        var again = RandomGenerator(seed: 1, stream: "a")
        var b = RandomGenerator(seed: 1, stream: "b")
        let first = a.next()
        #expect(first == again.next())
        #expect(first != b.next())
    }

    @Test("weights have the published variance", arguments: Initialization.allCases)
    func variance(scheme: Initialization) throws {
        var builder = try NetworkBuilder(inputChannels: 40)
        let y = try builder.convolution(builder.input, to: 60, name: "conv")
        let network = try builder.network(output: y)
        let store = ParameterStore.initialized(network, seed: 3, weights: scheme)
        let weights = try store.values("conv.weight").map { Double($0) }
        let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
        let fanIn = 360.0
        let fanOut = 540.0
        let expected = scheme == .he ? 2 / fanIn : 2 / (fanIn + fanOut)
        // 21,600 values: the standard error of the variance is about 1 %.
        #expect(abs(variance / expected - 1) < 0.05)
        if scheme == .glorot {
            let limit = (6 / (fanIn + fanOut)).squareRoot()
            #expect(weights.allSatisfy { abs($0) <= limit })
        }
        #expect(try store.values("conv.bias").allSatisfy { $0 == 0 })
    }

    @Test("normalisations start as the identity")
    func identity() throws {
        let store = ParameterStore.initialized(try SmallNetwork.withSkip(), seed: 1)
        #expect(try store.values("down.norm.weight").allSatisfy { $0 == 1 })
        #expect(try store.values("down.norm.bias").allSatisfy { $0 == 0 })
        #expect(try store.values("down.norm.running_mean").allSatisfy { $0 == 0 })
        #expect(try store.values("down.norm.running_var").allSatisfy { $0 == 1 })
        #expect(try store.counter("down.norm.num_batches_tracked") == 0)
    }
}
