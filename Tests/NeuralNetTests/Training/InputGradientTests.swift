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
            network: network, parameters: try parameters(network, seed: seed),
            backend: try CPUBackend(threads: threads), batch: batch, height: RandomNetwork.size,
            width: RandomNetwork.size)
    }

    private func parameters(_ network: Network, seed: UInt64) throws -> ParameterStore {
        try ParameterStore.initialized(network, seed: seed).randomized(seed: seed)
    }

    /// To the bit.
    private func expectSame(_ one: [Float], _ other: [Float], _ what: String = "") {
        let different = zip(one, other).enumerated().first { $0.element.0.bitPattern != $0.element.1.bitPattern }
        #expect(one.count == other.count && different == nil, "\(what) \(String(describing: different))")
    }

    /// The interpreter is double precision and piecewise linear but for softmax, so central differences are exact to about
    /// 1e-8; the tolerance is that of float32 gradients through a dozen layers.
    @Test("agrees with finite differences over random graphs", arguments: 0..<40 as Range<UInt64>)
    func finiteDifferences(seed: UInt64) throws {
        try checkFiniteDifferences(try RandomNetwork(seed: seed, operations: 10).network, seed: seed)
    }

    /// What random graphs seldom hold: a normalisation that cannot be folded, since its input is read twice, with a ReLU of its
    /// own, and values put back where the maxima were.
    @Test(
        "agrees with finite differences through unfolded normalisations and unpooling",
        arguments: 0..<4 as Range<UInt64>)
    func unfolded(seed: UInt64) throws {
        var builder = try NetworkBuilder(inputChannels: 2)
        let stem = try builder.convolution(builder.input, to: 6, name: "stem")
        var x = try builder.batchNormalization(stem, name: "norm")
        x = try builder.relu(x, name: "relu")
        let pooled = try builder.maxPool(x)
        x = try builder.convolution(pooled.value, to: 6, name: "bottom")
        x = try builder.maxUnpool(x, indices: pooled.indices)
        x = try builder.concatenation([stem, x])
        let head = try builder.convolution(x, to: 3, kernel: 1, name: "head")
        try checkFiniteDifferences(try builder.network(output: head), seed: seed)
    }

    private func checkFiniteDifferences(_ network: Network, seed: UInt64) throws {
        let session = try session(network, seed: seed)
        let input = try Tensor.normal(session.plan.input, seed: seed)
        let above = try Tensor.normal(session.plan.output, seed: seed + 1000)
        // Twice: what the first run left must not matter.
        _ = try session.run(input) { _ throws(NeuralNetError) in above }
        let result = try session.run(input) { _ throws(NeuralNetError) in above }
        let reference = try ReferenceNetwork(network, try parameters(network, seed: seed), training: false)
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
        func gradient(dropout: Float = 0.5, threads: Int = 1) throws -> [Float] {
            let session = try session(SmallNetwork.withSkip(dropout: dropout), seed: 3, threads: threads)
            let input = try Tensor.normal(session.plan.input, seed: 5)
            return try session.run(input) { $0 }.gradient.values
        }
        let once = try gradient()
        expectSame(try gradient(), once, "again")
        expectSame(try gradient(threads: 3), once, "three threads")
        expectSame(try gradient(dropout: 0), once, "no dropout")
    }

    @Test("the output is what inference gives")
    func output() throws {
        let network = try SmallNetwork.withSkip()
        let session = try session(network, seed: 3)
        let input = try Tensor.normal(session.plan.input, seed: 5)
        let inference = try InferenceSession(
            network: network, parameters: try parameters(network, seed: 3), backend: backend,
            height: RandomNetwork.size, width: RandomNetwork.size)
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
        let before = try session.run(input) { $0 }
        func failure(_ input: Tensor, above: Float = 1) -> String? {
            let error = thrownError {
                _ = try session.run(input) { output throws(NeuralNetError) in
                    try Tensor(output.values.map { _ in above }, shape: output.shape)
                }
            }
            return error?.code == .notFinite ? error?.operation : nil
        }
        func filled(_ value: Float) throws -> Tensor {
            try Tensor([Float](repeating: value, count: input.shape.count), shape: input.shape)
        }
        // Where the value arose is said, not where it was noticed.
        #expect(failure(try filled(.nan)) == "input")
        #expect(failure(try filled(3e38)) == "output")
        #expect(failure(input, above: .infinity) == "gradient of the output")
        #expect(failure(input, above: 3e38) == "gradient of the input")
        // It goes on after all that.
        expectSame(try session.run(input) { $0 }.gradient.values, before.gradient.values)
    }

    @Test("parameters of another network, or that are not finite, are refused")
    func parameterRefusals() throws {
        func single(filters: Int, name: String = "head") throws -> Network {
            var builder = try NetworkBuilder(inputChannels: 1)
            let output = try builder.convolution(builder.input, to: filters, name: name)
            return try builder.network(output: output)
        }
        let network = try single(filters: 3)
        func code(_ parameters: ParameterStore) -> NeuralNetError.Code? {
            errorCode {
                _ = try InputGradientSession(
                    network: network, parameters: parameters, backend: backend, height: 8, width: 8)
            }
        }
        #expect(code(try parameters(single(filters: 3, name: "tail"), seed: 3)) == .parameterMismatch)
        #expect(code(try parameters(single(filters: 5), seed: 3)) == .parameterMismatch)
        var broken = try parameters(network, seed: 3)
        #expect(code(broken) == nil)
        let head = try #require(network.parameters.first { $0.name == "head.weight" })
        try broken.set(head.name, to: [Float](repeating: .nan, count: head.count))
        #expect(code(broken) == .notFinite)
    }

    @Test("the memory limit is the plan's bytes")
    func memory() throws {
        let network = try SmallNetwork.withSkip()
        let plan = try session(network, seed: 3).plan
        // Folding leaves one number per channel of the 8 + 16 + 8 normalised ones; every array is padded to 64 bytes.
        let values = MemoryLayout<Float>.size * (network.trainableParameterCount - 32)
        #expect((values..<(values + 64 * network.parameters.count)).contains(plan.parameterBytes))
        #expect(plan.bytes == plan.arenaBytes + plan.parameterBytes)
        func code(limit: Int) -> NeuralNetError.Code? {
            errorCode {
                _ = try InputGradientSession(
                    network: network, parameters: parameters(network, seed: 3), backend: backend, batch: 2,
                    height: RandomNetwork.size, width: RandomNetwork.size, memoryLimit: limit)
            }
        }
        #expect(code(limit: plan.bytes) == nil)
        #expect(code(limit: plan.bytes - 1) == .outOfMemory)
    }

    @Test("a cancelled task stops the run")
    func cancellation() async throws {
        let session = try session(SmallNetwork.withSkip(), seed: 3)
        let input = try Tensor.normal(session.plan.input, seed: 5)
        let before = try session.run(input) { $0 }
        let result = await Task {
            try session.run(input) { output throws(NeuralNetError) in
                withUnsafeCurrentTask { $0?.cancel() }
                return output
            }
        }.result
        #expect(errorCode { _ = try result.get() } == .cancelled)
        expectSame(try session.run(input) { $0 }.gradient.values, before.gradient.values)
    }

    @Test("runs from several tasks do not mix")
    func concurrency() async throws {
        let session = try session(SmallNetwork.withSkip(), seed: 3)
        let inputs = try (0..<4).map { try Tensor.normal(session.plan.input, seed: 10 + $0) }
        let alone = try inputs.map { input in try session.run(input) { $0 }.gradient.values }
        try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for run in 0..<400 {
                group.addTask {
                    let input = inputs[run % inputs.count]
                    return (run % inputs.count, try session.run(input) { $0 }.gradient.values)
                }
            }
            for try await (index, values) in group {
                expectSame(values, alone[index], "input \(index)")
            }
        }
    }
}
