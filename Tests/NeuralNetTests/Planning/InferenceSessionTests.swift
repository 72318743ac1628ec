import AllocationCounter
import NeuralNet
import Synchronization
import TestSupport
import Testing

@Suite("Inference session")
struct InferenceSessionTests {
    let network: Network
    let parameters: ParameterStore

    init() throws {
        network = try SmallNetwork.withSkip(dropout: 0.5)
        parameters = try ParameterStore.initialized(network, seed: 2).randomized(seed: 2)
    }

    func session(
        threads: Int = 1, microBatch: Int = 4, memoryLimit: Int? = nil
    ) throws -> InferenceSession<CPUBackend> {
        try InferenceSession(
            network: network, parameters: parameters, backend: try CPUBackend(threads: threads), height: 20, width: 28,
            microBatch: microBatch, memoryLimit: memoryLimit)
    }

    func input(_ images: Int) throws -> Tensor { try Tensor.normal(Shape(n: images, h: 20, w: 28, c: 1), seed: 9) }

    @Test("dropout is the identity and normalisation uses running statistics")
    func matchesReference() throws {
        let input = try input(2)
        let reference = try ReferenceNetwork(network, parameters, training: false).output(input)
        let output = try session().run(input)
        // Five convolutions of float32, Winograd's error at most 1e-5 each.
        #expect(relativeError(output.values, reference.data.map { Float($0) }) < 2e-5)
    }

    @Test("any number of images gives what each image gives alone, bit for bit", arguments: [1, 3, 4, 5, 9])
    func batches(images: Int) throws {
        let input = try input(images)
        let session = try session(threads: 2)
        let together = try session.run(input).values
        let perImage = together.count / images
        for image in 0..<images {
            let values = Array(input.values[(image * 20 * 28)..<((image + 1) * 20 * 28)])
            let alone = try session.run(Tensor(values, shape: Shape(n: 1, h: 20, w: 28, c: 1)))
            #expect(alone.values == Array(together[(image * perImage)..<((image + 1) * perImage)]), "image \(image)")
        }
    }

    @Test("threads do not change a bit", arguments: [2, 3])
    func threads(count: Int) throws {
        let input = try input(5)
        #expect(try session(threads: count).run(input).values == session(threads: 1).run(input).values)
    }

    @Test("running in steady state allocates nothing", .enabled(if: allocation_counter_works() == 1))
    func allocatesNothing() throws {
        let session = try session()
        let input = try input(6)
        var output = try Tensor(zeros: session.outputShape(images: 6))
        try session.run(input, into: &output)
        let before = allocation_counter_value()
        for _ in 0..<3 { try session.run(input, into: &output) }
        #expect(allocation_counter_value() == before)
        // The counter does count.
        let more = try Tensor(zeros: input.shape)
        #expect(allocation_counter_value() > before)
        #expect(more.shape == input.shape)
    }

    @Test("progress rises to 1, once per layer and micro-batch")
    func progress() throws {
        let session = try session()
        var fractions: [Double] = []
        _ = try session.run(input(6)) { fractions.append($0.fraction) }
        #expect(fractions.count == 2 * session.plan.layers.count)
        #expect(fractions == fractions.sorted() && fractions.last == 1)
    }

    @Test("a cancelled task stops before the next layer")
    func cancellation() async throws {
        let session = try session()
        let input = try input(6)
        let layers = Mutex(0)
        let task = Task {
            try session.run(input) { _ in
                layers.withLock { $0 += 1 }
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        let result = await task.result
        #expect(throws: NeuralNetError.self) { try result.get() }
        #expect(errorCode { _ = try result.get() } == .cancelled)
        #expect(layers.withLock { $0 } == 1)
        // And the session is as good as before.
        #expect(try session.run(input).values == self.session().run(input).values)
    }

    @Test("timings name every layer")
    func timings() throws {
        let session = try session()
        let seconds = try session.timings(input(4))
        #expect(seconds.count == session.plan.layers.count)
        #expect(seconds.allSatisfy { $0 > 0 })
        #expect(errorCode { _ = try session.timings(input(5)) } == .shapeMismatch)
    }
}

@Suite("Inference session, bad input")
struct InferenceSessionErrorTests {
    let network: Network
    let parameters: ParameterStore
    let backend: CPUBackend

    init() throws {
        network = try SmallNetwork.withSkip()
        parameters = ParameterStore.initialized(network, seed: 2)
        backend = try CPUBackend(threads: 1)
    }

    func session(height: Int = 8, memoryLimit: Int? = nil) throws -> InferenceSession<CPUBackend> {
        try InferenceSession(
            network: network, parameters: parameters, backend: backend, height: height, width: 8,
            memoryLimit: memoryLimit)
    }

    @Test("a size the network cannot take")
    func oddHeight() { #expect(errorCode { _ = try session(height: 9) } == .shapeMismatch) }

    @Test("images of another size or number of channels, and a result of another shape")
    func otherShapes() throws {
        let session = try session()
        for shape in [try Shape(n: 1, h: 10, w: 8, c: 1), try Shape(n: 1, h: 8, w: 8, c: 2)] {
            let error = thrownError { _ = try session.run(Tensor(zeros: shape)) }
            #expect(error?.code == .shapeMismatch)
            #expect(error?.message.contains("\(shape)") == true)
        }
        var result = try Tensor(zeros: Shape(n: 2, h: 8, w: 8, c: 3))
        let one = try Tensor(zeros: Shape(n: 1, h: 8, w: 8, c: 1))
        #expect(errorCode { try session.run(one, into: &result) } == .shapeMismatch)
    }

    @Test("NaN and infinity in the input", arguments: [Float.nan, .infinity])
    func notFinite(value: Float) throws {
        var values = [Float](repeating: 0, count: 5 * 64)
        values[4 * 64 + 7] = value
        let input = try Tensor(values, shape: Shape(n: 5, h: 8, w: 8, c: 1))
        let error = thrownError { _ = try session().run(input) }
        #expect(error?.code == .notFinite)
        #expect(error?.operation == "input")
    }

    @Test("values that overflow on the way are an error, not a result")
    func overflow() throws {
        let input = try Tensor([Float](repeating: 3e38, count: 64), shape: Shape(n: 1, h: 8, w: 8, c: 1))
        #expect(errorCode { _ = try session().run(input) } == .notFinite)
    }

    @Test("more memory than allowed, and more than there is")
    func outOfMemory() throws {
        let needed = try session().plan.peakBytes
        _ = try session(memoryLimit: needed)
        #expect(errorCode { _ = try session(memoryLimit: needed - 1) } == .outOfMemory)
        let huge = errorCode {
            _ = try InferenceSession(
                network: network, parameters: parameters, backend: backend, height: 1 << 14, width: 1 << 14,
                microBatch: 1 << 14)
        }
        #expect(huge == .outOfMemory)
    }

    @Test("NaN weights and parameters of another network")
    func badParameters() throws {
        var store = parameters
        try store.set("out.conv.weight", to: [Float](repeating: .nan, count: 16 * 8 * 9))
        let code = errorCode {
            _ = try InferenceSession(
                network: network, parameters: store, backend: backend, height: 8, width: 8)
        }
        #expect(code == .notFinite)
        let other = ParameterStore.initialized(try RandomNetwork(seed: 1).network, seed: 1)
        let mismatch = errorCode {
            _ = try InferenceSession(network: network, parameters: other, backend: backend, height: 8, width: 8)
        }
        #expect(mismatch == .parameterMismatch)
    }

    @Test("a negative running variance")
    func negativeVariance() throws {
        var store = parameters
        try store.set("out.norm.running_var", to: [Float](repeating: -1, count: 8))
        let code = errorCode {
            _ = try InferenceSession(network: network, parameters: store, backend: backend, height: 8, width: 8)
        }
        #expect(code == .notFinite)
    }

    @Test("threads out of range", arguments: [0, -1, 100_000])
    func threads(count: Int) { #expect(errorCode { _ = try CPUBackend(threads: count) } == .invalidArgument) }
}
