import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import Testing

/// Kernels whose arithmetic is the CPU kernels' own, value by value: the results are equal, rounded once to the
/// activations' type. The CPU runs its instruction set without fused multiplication and addition, as the kernels do.
@Suite("CUDA kernels of layers against the CPU's")
struct LayerKernelTests {
    /// y = f(x, z), all of one shape.
    enum Operation: String, CaseIterable, Sendable {
        case relu, reluBackward, copy, add, scaleShift, scaleShiftReLU, dropout, dropoutOfAll, softmax, softmaxBackward
        case softmaxInPlace, reluInPlace

        func run<B: Backend>(on backend: B, _ shape: KernelShape, _ x: [Float], _ z: [Float]) throws -> [Float] {
            let (first, second) = (try backend.filled(shape, x), try backend.filled(shape, z))
            var y = try backend.filled(shape, x.map { _ in 5 })
            let constants = kernelValues(2 * shape.c, seed: 3)
            let scale = try backend.slice(Array(constants[..<shape.c]))
            let shift = try backend.slice(Array(constants[shape.c...]))
            switch self {
            case .relu: backend.relu(x: first, y: y)
            case .reluInPlace:
                y = first
                backend.relu(x: y, y: y)
            case .reluBackward: backend.reluBackward(y: first, gy: second, gx: y)
            case .copy: backend.copy(x: first, y: y)
            case .add:
                y = second
                backend.add(x: first, y: y)
            case .scaleShift: backend.scaleShift(x: first, scale: scale, shift: shift, relu: false, y: y)
            case .scaleShiftReLU: backend.scaleShift(x: first, scale: scale, shift: shift, relu: true, y: y)
            case .dropout: backend.dropout(x: first, rate: 0.3, seed: 0x1234_5678_9ABC_DEF0, y: y)
            case .dropoutOfAll: backend.dropout(x: first, rate: 1, seed: 1, y: y)
            case .softmax: backend.softmax(x: first, y: y)
            case .softmaxInPlace:
                y = first
                backend.softmax(x: y, y: y)
            case .softmaxBackward: backend.softmaxBackward(y: first, gy: second, gx: y)
            }
            return try backend.contents(y, shape)
        }
    }

    private let cpu: CPUBackend

    init() throws { cpu = try CPUBackend(threads: 1, instructionSet: .portable) }

    @Test(arguments: Operation.allCases, TestGPU.exact)
    func equalsCPU(operation: Operation, on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all {
                let count = try shape.shape.count
                let special: [Float] = [.nan, .infinity, -.infinity, -0.0, 1e-30]
                for (x, z) in [
                    (kernelValues(count, seed: 1), kernelValues(count, seed: 2)),
                    (kernelValues(count, seed: 3, special: special), kernelValues(count, seed: 4, special: special)),
                ] {
                    let (x, z) = (x.map(element.stored), z.map(element.stored))
                    let expected = try operation.run(on: cpu, shape, x, z).map(element.stored)
                    let found = try operation.run(on: gpu, shape, x, z)
                    expectSame(found, expected, "\(shape.testDescription)")
                }
            }
        }
    }

    /// The element's number has a part that chooses a key; this shape crosses into the second segment.
    @Test func dropoutBeyondOneSegment() throws {
        try onEveryGPU(.bfloat16) { gpu in
            let shape = KernelShape(n: 1, h: 1, w: 262_145, c: 5)
            let x = [Float](repeating: 1, count: try shape.shape.count)
            let expected = try Operation.dropout.run(on: cpu, shape, x, x).map(ElementType.bfloat16.stored)
            expectSame(try Operation.dropout.run(on: gpu, shape, x, x), expected)
        }
    }

    @Test(arguments: TestGPU.exact)
    func countNotFinite(on test: TestGPU) throws {
        try test.run { gpu in
            for (count, every) in [(1, 1), (17, 3), (5000, 7), (9000, 10_000)] {
                let shape = KernelShape(n: 1, h: 1, w: 1, c: count)
                let bad: [Float] = [.nan, .infinity, -.infinity]
                let values = (0..<count).map { $0 % every == every - 1 ? bad[$0 % 3] : Float($0 % 100) }
                let view = try gpu.filled(shape, values)
                #expect(try gpu.countNotFinite(view) == count / every)
            }
        }
    }

    @Test(arguments: TestGPU.exact)
    func argmaxAndForeground(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all {
                let x = kernelValues(try shape.shape.count, seed: 5, special: [.nan]).map(element.stored)
                let labels = try gpu.scratch(try shape.shape.pixels)
                let view = try gpu.filled(shape, x)
                gpu.argmax(x: view, labels: labels)
                let pixels = stride(from: 0, to: x.count, by: shape.c).map { Array(x[$0..<($0 + shape.c)]) }
                // Written out again: the first NaN, else the first of the largest.
                let expected = pixels.map { pixel in
                    UInt8(pixel.firstIndex { $0.isNaN } ?? pixel.firstIndex(of: pixel.max()!)!)
                }
                #expect(try gpu.bytes(labels) == expected, "\(shape.testDescription)")

                let foreground = try gpu.scratch(pixels.count * 4)
                gpu.foreground(x: view, probabilities: foreground)
                let probabilities = pixels.map { pixel -> Float in
                    let rest = pixel.dropFirst().reduce(0) { $0 + exponential(Double($1) - Double(pixel[0])) }
                    return Float(rest / (1 + rest))
                }
                let difference = firstDifference(try gpu.floats(foreground), probabilities, bound: 1e-7, relative: 1e-6)
                #expect(difference == nil, "\(shape.testDescription): \(difference ?? "")")
            }
        }
    }
}
