import NeuralNet
import TestSupport
import Testing

@Suite("Parameter stores")
struct ParameterStoreTests {
    @Test("values are taken over where name and shape agree")
    func adoption() throws {
        func network(classes: Int) throws -> Network {
            var builder = try NetworkBuilder(inputChannels: 1)
            let x = try builder.convolution(builder.input, to: 3, name: "first")
            let y = try builder.convolution(x, to: classes, kernel: 1, name: "head")
            return try builder.network(output: y)
        }
        let teacher = try ParameterStore.initialized(network(classes: 2), seed: 1).randomized(seed: 1)
        var pupil = try ParameterStore.initialized(network(classes: 4), seed: 2).randomized(seed: 2)
        let head = try pupil.values("head.weight")
        try pupil.adopt(teacher)
        #expect(try pupil.values("first.weight") == teacher.values("first.weight"))
        #expect(try pupil.values("first.bias") == teacher.values("first.bias"))
        #expect(try pupil.values("head.weight") == head)
    }

    @Test("a fingerprint is of the values")
    func fingerprint() throws {
        let network = try SmallNetwork.withSkip()
        let one = ParameterStore.initialized(network, seed: 1)
        var other = one
        #expect(try one.fingerprint() == other.fingerprint())
        var bias = try other.values("head.bias")
        bias[0] += 1
        try other.set("head.bias", to: bias)
        #expect(try one.fingerprint() != other.fingerprint())
    }
}
