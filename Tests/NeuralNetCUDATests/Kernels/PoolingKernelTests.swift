import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import Testing

@Suite("CUDA kernels of pooling against the CPU's")
struct PoolingKernelTests {
    private let cpu: CPUBackend

    init() throws { cpu = try CPUBackend(threads: 1, instructionSet: .portable) }

    private struct Results: Equatable {
        var pooled: [Float] = []
        var codes: [UInt8] = []
        var unpooled: [Float] = []
        var accumulated: [Float] = []
        var gathered: [Float] = []
    }

    private func run<B: Backend>(on backend: B, _ shape: KernelShape, _ x: [Float], _ z: [Float]) throws -> Results {
        let small = shape.pooled
        let count = small.n * small.h * small.w * small.c
        let large = try backend.filled(shape, x)
        let pooled = try backend.filled(small, [Float](repeating: 5, count: count))
        let codes = try backend.scratch(backend.poolIndexBytes(output: try small.shape))
        let without = try backend.filled(small, [Float](repeating: 5, count: count))
        backend.maxPool(x: large, y: pooled, indices: codes)
        backend.maxPool(x: large, y: without, indices: nil)
        expectSame(try backend.contents(without, small), try backend.contents(pooled, small))
        let gradient = try backend.filled(small, Array(z[..<count]))
        let unpooled = try backend.filled(shape, z)
        backend.maxUnpool(x: gradient, indices: codes, accumulating: false, y: unpooled)
        let accumulated = try backend.filled(shape, z)
        backend.maxUnpool(x: gradient, indices: codes, accumulating: true, y: accumulated)
        let gathered = try backend.filled(small, [Float](repeating: 5, count: count))
        backend.maxGather(x: unpooled, indices: codes, y: gathered)
        return Results(
            pooled: try backend.contents(pooled, small), codes: try backend.bytes(codes),
            unpooled: try backend.contents(unpooled, shape), accumulated: try backend.contents(accumulated, shape),
            gathered: try backend.contents(gathered, small))
    }

    @Test(arguments: TestGPU.exact)
    func equalsCPU(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all where shape.h >= 2 && shape.w >= 2 {
                let count = try shape.shape.count
                for special in [[], [Float.nan, .infinity, -.infinity]] {
                    let x = kernelValues(count, seed: 6, special: special).map(element.stored)
                    let z = kernelValues(count, seed: 7).map(element.stored)
                    let expected = try run(on: cpu, shape, x, z)
                    let found = try run(on: gpu, shape, x, z)
                    expectSame(found.pooled, expected.pooled, "\(shape.testDescription)")
                    #expect(found.codes == expected.codes, "\(shape.testDescription)")
                    expectSame(found.unpooled, expected.unpooled, "\(shape.testDescription)")
                    let accumulated = expected.accumulated.map(element.stored)
                    expectSame(found.accumulated, accumulated, "\(shape.testDescription)")
                    expectSame(found.gathered, expected.gathered, "\(shape.testDescription)")
                }
            }
        }
    }
}
