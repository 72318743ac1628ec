import NeuralNet
import TestSupport
import Testing

@Suite("Gradient of the input")
struct InputGradientTests {
    let backend: CPUBackend

    init() throws { backend = try CPUBackend(threads: 1) }

    private func session(
        _ network: Network, seed: UInt64, batch: Int = 2, threads: Int = 1
    ) throws -> InputGradientSession<CPUBackend> {
        try InputGradientSession(
            network: network, parameters: try ParameterStore.initialized(network, seed: seed).randomized(seed: seed),
            backend: try CPUBackend(threads: threads), batch: batch, height: RandomNetwork.size,
            width: RandomNetwork.size)
    }

    /// The interpreter is double precision and piecewise linear but for softmax, so central differences are exact to about
    /// 1e-8; the tolerance is that of float32 gradients through a dozen layers.
    @Test("agrees with finite differences over random graphs", arguments: 0..<40 as Range<UInt64>)
    func finiteDifferences(seed: UInt64) throws {
        let network = try RandomNetwork(seed: seed, operations: 10).network
        let session = try session(network, seed: seed)
        let input = try Tensor.normal(session.plan.input, seed: seed)
        let above = try Tensor.normal(session.plan.output, seed: seed + 1000)
        // Twice: what the first run left must not matter.
        _ = try session.run(input) { _ throws(NeuralNetError) in above }
        let result = try session.run(input) { _ throws(NeuralNetError) in above }
        let reference = try ReferenceNetwork(
            network, try ParameterStore.initialized(network, seed: seed).randomized(seed: seed), training: false)
        let start = ReferenceNetwork.Value(input)
        #expect(relativeError(result.output.values, reference.output(start).data.map { Float($0) }) < 5e-5)
        let norm = result.gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        for draw in 0..<3 {
            var generator = RandomGenerator(seed: seed, stream: "direction \(draw)")
            let direction = start.data.map { _ in generator.normal() / Double(start.data.count).squareRoot() }
            func objective(_ distance: Double) -> Double {
                var moved = start
                moved.data = zip(start.data, direction).map { $0 + distance * $1 }
                return zip(reference.output(moved).data, above.values).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            let expected = (objective(1e-6) - objective(-1e-6)) / 2e-6
            let actual = zip(result.gradient.values, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
            #expect(
                abs(actual - expected) < 1e-3 * norm + 1e-6,
                "seed \(seed), draw \(draw): \(actual), finite difference \(expected), norm \(norm)")
        }
    }

    @Test("live buffers never overlap", arguments: 0..<40 as Range<UInt64>)
    func noOverlap(seed: UInt64) throws {
        let network = try RandomNetwork(seed: seed, operations: 20).network
        #expect(overlap(in: try session(network, seed: seed).plan.arena) == nil)
    }

    @Test("dropout is the identity, threads do not change a bit")
    func sameBits() throws {
        let network = try SmallNetwork.withSkip(dropout: 0.5)
        func gradient(threads: Int) throws -> [UInt32] {
            let session = try session(network, seed: 3, threads: threads)
            let input = try Tensor.normal(session.plan.input, seed: 5)
            return try session.run(input) { $0 }.gradient.values.map(\.bitPattern)
        }
        let once = try gradient(threads: 1)
        #expect(try gradient(threads: 1) == once)
        #expect(try gradient(threads: 3) == once)
    }

    @Test("the output is what inference gives")
    func output() throws {
        let network = try SmallNetwork.withSkip()
        let session = try session(network, seed: 3)
        let input = try Tensor.normal(session.plan.input, seed: 5)
        let inference = try InferenceSession(
            network: network, parameters: try ParameterStore.initialized(network, seed: 3).randomized(seed: 3),
            backend: backend, height: RandomNetwork.size, width: RandomNetwork.size)
        let expected = try inference.run(input)
        let found = difference(
            try session.run(input) { $0 }.output.values, expected.values, atol: 1e-4, rtol: 1e-4)
        #expect(found.isClose, "\(found)")
    }

    @Test("wrong shapes, values that are not finite and too little memory are refused")
    func refusals() throws {
        let network = try SmallNetwork.withSkip()
        let session = try session(network, seed: 3)
        let input = try Tensor.normal(session.plan.input, seed: 5)
        let single = try Tensor(zeros: session.plan.input.with(n: 1))
        #expect(errorCode { _ = try session.run(single) { $0 } } == .shapeMismatch)
        let error = thrownError { _ = try session.run(input) { _ throws(NeuralNetError) in input } }
        #expect(error?.code == .shapeMismatch && error?.operation == "gradient of the output")
        var bad = input.values
        bad[7] = .nan
        let broken = try Tensor(bad, shape: input.shape)
        #expect(errorCode { _ = try session.run(broken) { $0 } } == .notFinite)
        #expect(
            errorCode {
                _ = try InputGradientSession(
                    network: network, parameters: ParameterStore.initialized(network, seed: 3), backend: backend,
                    height: 8, width: 8, memoryLimit: 1000)
            } == .outOfMemory)
        // It goes on after all that.
        #expect(try session.run(input) { $0 }.gradient.shape == input.shape)
    }
}
