import NeuralNet
import TestSupport
import Testing

/// A small network in training, with dropout.
struct TrainingFixture {
    let network: Network
    let input: Tensor
    let labels: LabelMap

    init(dropout: Float = 0.3) throws {
        network = try SmallNetwork.withSkip(dropout: dropout)
        input = try Tensor.normal(Shape(n: 3, h: 20, w: 12, c: 1), seed: 4)
        labels = try LabelMap.random(n: 3, h: 20, w: 12, classes: 3, seed: 4)
    }

    func session(
        threads: Int = 1, options: TrainingSession<CPUBackend>.Options = .init(seed: 8), memoryLimit: Int? = nil
    ) throws -> TrainingSession<CPUBackend> {
        try TrainingSession(
            network: network, parameters: ParameterStore.initialized(network, seed: 6),
            backend: try CPUBackend(threads: threads), batch: 3, height: 20, width: 12, options: options,
            memoryLimit: memoryLimit)
    }
}

/// Whether two stores hold the same bits.
func sameBits(_ a: ParameterStore, _ b: ParameterStore) throws -> Bool {
    for spec in a.specs {
        if spec.layout == .scalar {
            guard try a.counter(spec.name) == b.counter(spec.name) else { return false }
        } else {
            let (x, y) = (try a.values(spec.name), try b.values(spec.name))
            guard x.map(\.bitPattern) == y.map(\.bitPattern) else { return false }
        }
    }
    return true
}

@Suite("Training session")
struct TrainingSessionTests {
    let fixture: TrainingFixture

    init() throws { fixture = try TrainingFixture() }

    func trained(threads: Int = 1, seed: UInt64 = 8, steps: Int = 4) throws -> ParameterStore {
        let session = try fixture.session(threads: threads, options: .init(seed: seed))
        for _ in 0..<steps { try session.step(fixture.input, labels: fixture.labels) }
        return try session.parameters()
    }

    @Test("the same seed gives the same bits, another seed others")
    func sameSeed() throws {
        let once = try trained()
        #expect(try sameBits(once, trained()))
        #expect(try !sameBits(once, trained(seed: 9)))
    }

    @Test("threads do not change a bit", arguments: [2, 3])
    func threads(count: Int) throws {
        #expect(try sameBits(trained(threads: count), trained()))
    }

    @Test("training fits a batch it sees again and again")
    func learns() throws {
        let fixture = try TrainingFixture(dropout: 0)
        let session = try fixture.session(options: .init(schedule: .constant(1e-2)))
        let first = try session.step(fixture.input, labels: fixture.labels).loss.loss
        var last = first
        for _ in 0..<60 { last = try session.step(fixture.input, labels: fixture.labels).loss.loss }
        // Labels are random, so the network has to learn 720 pixels by heart; it starts near ln 3.
        #expect(last < 0.75 * first, "\(first) → \(last)")
    }

    @Test("a checkpoint goes on where the run stopped, bit for bit")
    func checkpoint() throws {
        let whole = try trained(steps: 5)
        let first = try fixture.session()
        for _ in 0..<2 { try first.step(fixture.input, labels: fixture.labels) }
        let state = try first.state()
        let second = try fixture.session()
        try second.restore(state)
        #expect(second.stepsTaken == 2)
        for _ in 0..<3 { try second.step(fixture.input, labels: fixture.labels) }
        #expect(try sameBits(second.parameters(), whole))
    }

    @Test("inference with trained parameters differs from the training pass by statistics and dropout only")
    func inferenceAfterwards() throws {
        let fixture = try TrainingFixture(dropout: 0)
        // With momentum 0.1, 200 steps on one batch at rate 0 bring the running statistics to the batch's.
        let session = try fixture.session(options: .init(schedule: .constant(0)))
        for _ in 0..<200 { try session.step(fixture.input, labels: fixture.labels) }
        let inference = try InferenceSession(
            network: fixture.network, parameters: session.parameters(), backend: session.backend, height: 20, width: 12)
        let served = try inference.run(fixture.input).values
        // The running variance is unbiased: off by 1/720 and, at the bottom, 1/180.
        #expect(relativeError(served, try session.forward(fixture.input).values) < 5e-3)
    }

    @Test("timings name every call, and a gradient costs as much as its product")
    func timings() throws {
        let session = try fixture.session()
        let seconds = try session.timings(fixture.input, labels: fixture.labels)
        let calls = session.plan.calls
        #expect(seconds.count == calls.count && seconds.allSatisfy { $0 > 0 })
        let forward = try fixture.network.flops(input: fixture.input.shape)
        // Forward, gradient of weights, and gradient of input but for the first layer's: 1 channel to 8.
        let first = 18 * 8 * fixture.input.shape.pixels
        #expect(calls.reduce(0) { $0 + $1.flops } == 3 * forward - first)
        #expect(session.stepsTaken == 0)
    }

    @Test("clipping bounds the step, L2 can leave biases and normalisations alone")
    func optimizerOptions() throws {
        let plain = try fixture.session(options: .init(schedule: .constant(0), seed: 8))
        let norm = try plain.step(fixture.input, labels: fixture.labels).gradientNorm
        // At rate 0 the first moment after one step is (1 − β₁) times the gradient that Adam saw.
        func moment(_ optimizer: Adam, _ name: String) throws -> Double {
            let session = try fixture.session(options: .init(optimizer: optimizer, schedule: .constant(0), seed: 8))
            try session.step(fixture.input, labels: fixture.labels)
            let values = try session.state().firstMoments[name] ?? []
            return values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let clipped = Adam(clipNorm: Float(norm / 4))
        let ratio = try moment(clipped, "down.conv.weight") / moment(Adam(), "down.conv.weight")
        #expect(abs(ratio - 0.25) < 1e-3)
        let weightsOnly = Adam(l2: 10, l2Scope: .weights)
        #expect(try moment(weightsOnly, "out.norm.weight") == moment(Adam(), "out.norm.weight"))
        #expect(try moment(Adam(l2: 10), "out.norm.weight") > 2 * moment(Adam(), "out.norm.weight"))
        #expect(try moment(weightsOnly, "out.conv.weight") == moment(Adam(l2: 10), "out.conv.weight"))
    }

    @Test("dropout drops its share and scales the rest")
    func dropout() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let x = try builder.convolution(builder.input, to: 1, kernel: 1, name: "one")
        let dropped = try builder.dropout(x, rate: 0.25, name: "drop")
        let network = try builder.network(output: dropped)
        var parameters = ParameterStore.initialized(network, seed: 1)
        try parameters.set("one.weight", to: [1])
        let session = try TrainingSession(
            network: network, parameters: parameters, backend: try CPUBackend(threads: 2), batch: 1, height: 100,
            width: 100)
        let ones = try Tensor([Float](repeating: 1, count: 10_000), shape: Shape(n: 1, h: 100, w: 100, c: 1))
        let output = try session.forward(ones).values
        #expect(Set(output) == [0, 1 / Float(0.75)])
        // Five standard deviations of a binomial distribution.
        #expect(abs(Double(output.count { $0 == 0 }) - 2500) < 5 * 43.3)
        // The next step has another mask: computeGradients does not count as one, step does.
        let labels = try LabelMap([UInt8](repeating: 0, count: 10_000), n: 1, h: 100, w: 100)
        try session.step(ones, labels: labels)
        let zeros = try session.forward(ones).values.map { $0 == 0 }
        #expect(zeros != output.map { $0 == 0 })
    }
}
