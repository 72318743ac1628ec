import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestSupport
import Testing

/// Training steps that the host does not wait for.
@Suite("Started training steps")
struct StartedStepTests {
    private let network: Network
    private let parameters: ParameterStore
    private let batches: [(input: Tensor, labels: LabelMap)]

    init() throws {
        network = try SmallNetwork.withSkip()
        parameters = try ParameterStore.initialized(network, seed: 2).randomized(seed: 2)
        batches = try (0..<5).map { seed in
            (
                try Tensor.normal(Shape(n: 2, h: 8, w: 12, c: 1), seed: 20 + seed),
                try LabelMap.random(n: 2, h: 8, w: 12, classes: 3, seed: 30 + seed)
            )
        }
    }

    private func session<B: Backend>(
        _ backend: B, loss: Loss = .crossEntropy(), network: Network? = nil, clipNorm: Float? = nil
    ) throws -> TrainingSession<B> {
        try TrainingSession(
            network: network ?? self.network, parameters: parameters, backend: backend, batch: 2, height: 8, width: 12,
            options: .init(loss: loss, optimizer: Adam(clipNorm: clipNorm), schedule: .constant(1e-2), seed: 1))
    }

    private struct Course: Equatable {
        var results: [TrainingStepResult] = []
        var first: [String: [Float]], second: [String: [Float]]
        var values: [[Float]]
        var counters: [Int64]
    }

    /// What the steps come to: one after the other, or each started before the one before it was asked for.
    private func course<B: Backend>(_ session: TrainingSession<B>, waiting: Bool) throws -> Course {
        var results: [TrainingStepResult] = []
        var started: StartedStep?
        for (input, labels) in batches {
            if waiting {
                results.append(try session.step(input, labels: labels))
            } else {
                let next = try session.start(input, labels: labels)
                if let started { results.append(try session.result(of: started)) }
                started = next
            }
        }
        if let started { results.append(try session.result(of: started)) }
        let state = try session.state()
        let specs = session.network.parameters
        return Course(
            results: results, first: state.firstMoments, second: state.secondMoments,
            values: try specs.filter { $0.layout != .scalar }.map { try state.parameters.values($0.name) },
            counters: try specs.filter { $0.layout == .scalar }.map { try state.parameters.counter($0.name) })
    }

    @Test("Nobody waits, and the bits are the same", arguments: [nil, 0.5] as [Float?])
    func sameBits(clipNorm: Float?) throws {
        func check<B: Backend>(_ backend: B) throws {
            let expected = try course(session(backend, clipNorm: clipNorm), waiting: true)
            #expect(try course(session(backend, clipNorm: clipNorm), waiting: false) == expected)
            #expect(expected.results.map(\.step) == [1, 2, 3, 4, 5])
        }
        try check(try CPUBackend(threads: 1))
        for element in ElementType.allCases { try withStandIn(element) { gpu, _ in try check(gpu) } }
    }

    @Test("A gradient that overflows is taken again, and what was started behind it")
    func overflow() throws {
        // Gradients of order 1000 times 65536 are beyond float16.
        let loss = Loss(crossEntropyWeight: 1000)
        try withStandIn(.float16) { gpu, libraries in
            let expected = try course(session(gpu, loss: loss), waiting: true)
            let (launches, copies) = (libraries.calls("cuLaunchKernel"), libraries.calls("cuMemcpyHtoDAsync_v2"))
            #expect(try course(session(gpu, loss: loss), waiting: false) == expected)
            #expect(expected.results.map(\.step) == [1, 2, 3, 4, 5])
            // The host saw each overflow a step later, so the step behind it was in vain, too.
            #expect(libraries.calls("cuMemcpyHtoDAsync_v2") - copies > copies)
            #expect(launches > 0)
        }
    }

    @Test("The host enqueues two steps before the first has run, and reads the first while the second waits")
    func nobodyWaits() throws {
        try withStandIn { gpu, libraries in
            let session = try session(gpu)
            // The third step replays what the second recorded.
            for (input, labels) in batches[..<3] { try session.step(input, labels: labels) }
            try gpu.synchronize()
            let before = libraries.calls("kernels that ran")
            let replays = libraries.calls("cuGraphLaunch")
            let first = try session.start(batches[3].input, labels: batches[3].labels)
            let second = try session.start(batches[4].input, labels: batches[4].labels)
            #expect(libraries.calls("kernels that ran") == before)
            #expect(libraries.calls("cuGraphLaunch") == replays + 2)
            _ = try session.result(of: first)
            let between = libraries.calls("kernels that ran")
            #expect(between > before)
            _ = try session.result(of: second)
            #expect(libraries.calls("kernels that ran") > between)
        }
    }

    @Test("A step that fails takes those behind it with it, and changes nothing")
    func failure() throws {
        func check<B: Backend>(_ backend: B) throws {
            let session = try session(backend)
            try session.step(batches[0].input, labels: batches[0].labels)
            let before = try session.state()
            var values = batches[1].input.values
            values[5] = .nan
            let broken = try Tensor(values, shape: batches[1].input.shape)
            let first = try session.start(broken, labels: batches[1].labels)
            let second = try session.start(batches[2].input, labels: batches[2].labels)
            #expect(errorCode { _ = try session.start(batches[3].input, labels: batches[3].labels) } == .notFinite)
            #expect(errorCode { _ = try session.result(of: second) } == .notFinite)
            #expect(errorCode { _ = try session.result(of: first) } == .notFinite)
            #expect(errorCode { _ = try session.result(of: first) } == .invalidArgument)
            let after = try session.state()
            #expect(after.step == 1 && after.firstMoments == before.firstMoments)
            for spec in network.parameters where spec.layout != .scalar {
                #expect(try after.parameters.values(spec.name) == before.parameters.values(spec.name), "\(spec.name)")
            }
            // And the next is taken.
            #expect(try session.step(batches[2].input, labels: batches[2].labels).step == 2)
        }
        try check(try CPUBackend(threads: 1))
        try withStandIn(.bfloat16) { gpu, _ in try check(gpu) }
    }

    @Test("A device that fails is told, whether or not the host looks at the norm", arguments: [nil, 0.5] as [Float?])
    func deviceFailure(clipNorm: Float?) throws {
        try withStandIn { gpu, libraries in
            let session = try session(gpu, clipNorm: clipNorm)
            try session.step(batches[0].input, labels: batches[0].labels)
            // The second pass is recorded; what fails is the check behind it.
            try session.step(batches[1].input, labels: batches[1].labels)
            libraries.fail("cuGraphLaunch", result: 719)
            #expect(errorCode { _ = try session.step(batches[2].input, labels: batches[2].labels) } == .device)
        }
    }

    @Test("Recorded passes, refused ones and dropout give the same steps", arguments: ["", "cuStreamBeginCapture_v2"])
    func recording(refused: String) throws {
        let cpu = try CPUBackend(threads: 1, instructionSet: .portable)
        let expected = try course(session(cpu), waiting: true)
        try withStandIn { gpu, libraries in
            if !refused.isEmpty { libraries.fail(refused, result: 900) }
            let found = try course(session(gpu), waiting: false)
            #expect((libraries.calls("cuGraphLaunch") > 0) == refused.isEmpty)
            for (step, other) in zip(found.results, expected.results) {
                #expect(abs(step.loss.loss - other.loss.loss) < 1e-4)
            }
        }
        let dropout = try SmallNetwork.withSkip(dropout: 0.3)
        let other = try course(session(cpu, network: dropout), waiting: true)
        try withStandIn { gpu, libraries in
            let found = try course(session(gpu, network: dropout), waiting: false)
            #expect(libraries.calls("cuGraphLaunch") == 0)
            for (step, other) in zip(found.results, other.results) {
                #expect(abs(step.loss.loss - other.loss.loss) < 1e-4)
            }
        }
    }
}
