import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import TestSupport
import Testing

/// Whole networks on the stand-ins, against the CPU backend.
@Suite("Networks on the stand-in of a GPU")
struct NetworkTests {
    private let network: Network
    private let parameters: ParameterStore
    private let cpu: CPUBackend

    init() throws {
        network = try SmallNetwork.withSkip(dropout: 0.3)
        parameters = try ParameterStore.initialized(network, seed: 2).randomized(seed: 2)
        cpu = try CPUBackend(threads: 1)
    }

    private func input(_ images: Int) throws -> Tensor {
        try Tensor.normal(Shape(n: images, h: 8, w: 12, c: 1), seed: 9)
    }

    @Test("Inference gives the CPU's results, also when it is replayed", arguments: ElementType.allCases)
    func inference(element: ElementType) throws {
        let input = try input(5)
        let expected = try InferenceSession(
            network: network, parameters: parameters, backend: cpu, height: 8, width: 12, microBatch: 2
        ).run(input).values
        try withStandIn(element) { gpu, libraries in
            let session = try InferenceSession(
                network: network, parameters: parameters, backend: gpu, height: 8, width: 12, microBatch: 2)
            let first = try session.run(input).values
            let size = expected.map { abs($0) }.max() ?? 0
            let tolerance = element == .float32 ? 1e-4 : 16 * element.epsilon * size
            #expect(largestDifference(first, expected) <= tolerance)
            let launched = libraries.calls("cuLaunchKernel")
            #expect(try session.run(input).values == first)
            #expect(try session.run(input).values == first)
            #expect(libraries.calls("cuGraphLaunch") > 0)
            #expect(launched > 0)
        }
    }

    @Test("Training follows the CPU's", arguments: [ElementType.float32, .float16, .bfloat16])
    func training(element: ElementType) throws {
        let input = try input(2)
        let labels = try LabelMap.random(n: 2, h: 8, w: 12, classes: 3, seed: 4)
        func losses<B: Backend>(_ backend: B) throws -> [Double] {
            let session = try TrainingSession(
                network: network, parameters: parameters, backend: backend, batch: 2, height: 8, width: 12,
                options: .init(loss: .crossEntropyAndDice(), schedule: .constant(1e-3), seed: 1))
            return try (0..<3).map { _ in try session.step(input, labels: labels).loss.loss }
        }
        let expected = try losses(cpu)
        try withStandIn(element) { gpu, _ in
            let tolerance = element == .float32 ? 1e-4 : 8 * Double(element.epsilon)
            for (found, expected) in zip(try losses(gpu), expected) { #expect(abs(found - expected) <= tolerance) }
        }
    }

    @Test func memoryThatRunsOutIsTyped() throws {
        try withStandIn { gpu, libraries in
            libraries.fail("cuMemAlloc_v2", result: 2)
            #expect(throws: NeuralNetError.self) {
                try InferenceSession(network: network, parameters: parameters, backend: gpu, height: 8, width: 12)
            }
        }
    }
}
