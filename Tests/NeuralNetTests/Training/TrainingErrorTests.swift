import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite("Training, bad input")
struct TrainingErrorTests {
    let fixture: TrainingFixture

    init() throws { fixture = try TrainingFixture() }

    /// The error of a step, after which nothing may have changed.
    func errorOfStep(
        _ options: TrainingSession<CPUBackend>.Options = .init(), input: Tensor? = nil, labels: LabelMap? = nil
    ) throws -> NeuralNetError? {
        let session = try fixture.session(options: options)
        let before = try session.state()
        let error = thrownError { try session.step(input ?? fixture.input, labels: labels ?? fixture.labels) }
        let after = try session.state()
        #expect(try sameBits(before.parameters, after.parameters))
        #expect(before.firstMoments == after.firstMoments && before.step == after.step)
        return error
    }

    @Test("a label that is no class")
    func badLabel() throws {
        var labels = fixture.labels.labels
        labels[100] = 7
        let error = try errorOfStep(labels: LabelMap(labels, n: 3, h: 20, w: 12))
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("1 pixels") == true)
        // Unless it is the ignored one.
        let session = try fixture.session(options: .init(loss: .crossEntropy(ignoring: 7)))
        let counted = try session.step(fixture.input, labels: LabelMap(labels, n: 3, h: 20, w: 12)).loss.countedPixels
        #expect(counted == 719)
    }

    @Test("a batch in which no pixel counts")
    func nothingCounts() throws {
        let labels = try LabelMap([UInt8](repeating: 255, count: 720), n: 3, h: 20, w: 12)
        let error = try errorOfStep(.init(loss: .crossEntropy(ignoring: 255)), labels: labels)
        #expect(error?.code == .notFinite)
        #expect(error?.message.contains("No pixel counts") == true)
    }

    @Test("NaN in the input")
    func notFiniteInput() throws {
        var values = fixture.input.values
        values[5] = .nan
        #expect(try errorOfStep(input: Tensor(values, shape: fixture.input.shape))?.code == .notFinite)
    }

    @Test("a gradient that overflows")
    func notFiniteGradient() throws {
        let error = try errorOfStep(.init(loss: Loss(crossEntropyWeight: 3e38)))
        #expect(error?.code == .notFinite)
    }

    @Test("other shapes")
    func shapes() throws {
        let input = try Tensor(zeros: Shape(n: 2, h: 20, w: 12, c: 1))
        #expect(try errorOfStep(input: input)?.code == .shapeMismatch)
        let labels = try LabelMap([UInt8](repeating: 0, count: 720), n: 3, h: 12, w: 20)
        #expect(try errorOfStep(labels: labels)?.code == .shapeMismatch)
    }

    @Test("options out of range")
    func options() {
        let bad: [TrainingSession<CPUBackend>.Options] = [
            .init(loss: Loss(crossEntropyWeight: 0, diceWeight: 0)), .init(loss: Loss(crossEntropyWeight: .nan)),
            .init(optimizer: Adam(beta1: 1)), .init(optimizer: Adam(epsilon: 0)), .init(optimizer: Adam(clipNorm: 0)),
            .init(optimizer: Adam(l2: -1)), .init(schedule: .constant(-1)),
            .init(schedule: .step(initial: 1, interval: 0, factor: 1)), .init(schedule: .cosine(initial: 1, steps: 0)),
            .init(schedule: .oneCycle(maximum: 1, steps: 10, warmup: 2)),
        ]
        for options in bad {
            #expect(errorCode { _ = try fixture.session(options: options) } == .invalidArgument, "\(options)")
        }
        let weights = TrainingSession<CPUBackend>.Options(loss: .crossEntropy(classWeights: [1, 2]))
        #expect(errorCode { _ = try fixture.session(options: weights) } == .shapeMismatch)
    }

    @Test("more memory than allowed")
    func memory() throws {
        let needed = try fixture.session().plan.bytes
        _ = try fixture.session(memoryLimit: needed)
        #expect(errorCode { _ = try fixture.session(memoryLimit: needed - 1) } == .outOfMemory)
    }

    @Test("normalisation over a single value")
    func singleValue() throws {
        var builder = try NetworkBuilder(inputChannels: 1)
        let x = try builder.convolution(builder.input, to: 2, name: "conv")
        let norm = try builder.batchNormalization(x, name: "norm")
        let network = try builder.network(output: norm)
        let code = errorCode {
            _ = try TrainingSession(
                network: network, parameters: ParameterStore.initialized(network, seed: 1),
                backend: try CPUBackend(threads: 1), batch: 1, height: 1, width: 1)
        }
        #expect(code == .invalidArgument)
    }

    @Test("a network without parameters")
    func noParameters() throws {
        var builder = try NetworkBuilder(inputChannels: 2)
        let output = try builder.relu(builder.input)
        let network = try builder.network(output: output)
        let code = errorCode {
            _ = try TrainingSession(
                network: network, parameters: ParameterStore.initialized(network, seed: 1),
                backend: try CPUBackend(threads: 1), batch: 1, height: 2, width: 2)
        }
        #expect(code == .invalidArgument)
    }

    @Test("an unknown parameter's gradient")
    func unknownGradient() throws {
        let session = try fixture.session()
        #expect(errorCode { _ = try session.gradient("nobody.weight") } == .parameterMismatch)
        #expect(errorCode { _ = try session.gradient("down.norm.running_mean") } == .parameterMismatch)
    }

    @Test("a cancelled task stops the step")
    func cancellation() async throws {
        let session = try fixture.session()
        let fixture = fixture
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try session.step(fixture.input, labels: fixture.labels)
        }
        let result = await task.result
        #expect(errorCode { _ = try result.get() } == .cancelled)
        #expect(session.stepsTaken == 0)
    }
}

@Suite("Checkpoint files")
struct CheckpointFileTests {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path

    @Test("a state survives its file, bit for bit")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let fixture = try TrainingFixture()
        let session = try fixture.session()
        for _ in 0..<3 { try session.step(fixture.input, labels: fixture.labels) }
        let saved = try session.state()
        try saved.save(to: path)
        let loaded = try TrainingState(path: path, network: fixture.network)
        #expect(try sameBits(saved.parameters, loaded.parameters))
        #expect(loaded.firstMoments == saved.firstMoments && loaded.secondMoments == saved.secondMoments)
        #expect(loaded.step == 3)
    }

    @Test("a model file is not a checkpoint, nor is a state of another network")
    func mismatches() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let fixture = try TrainingFixture()
        let state = try fixture.session().state()
        try state.parameters.save(to: path)
        #expect(errorCode { _ = try TrainingState(path: path, network: fixture.network) } == .malformedFile)
        try state.save(to: path)
        let other = try RandomNetwork(seed: 1).network
        #expect(errorCode { _ = try TrainingState(path: path, network: other) } == .parameterMismatch)
        var broken = state
        broken.firstMoments["head.bias"] = [1]
        #expect(errorCode { try fixture.session().restore(broken) } == .shapeMismatch)
        broken.firstMoments["head.bias"] = nil
        #expect(errorCode { try fixture.session().restore(broken) } == .parameterMismatch)
    }
}
