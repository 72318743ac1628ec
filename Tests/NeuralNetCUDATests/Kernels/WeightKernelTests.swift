import CCUDAKernels
import CUDATestSupport
import NeuralNet
import NeuralNetCUDA
import Testing

@Suite("CUDA kernels of weights")
struct WeightKernelTests {
    @Test(arguments: TestGPU.exact)
    func transposeIsItsOwnInverse(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for (rows, columns) in [(1, 1), (3, 70), (33, 31), (65, 64)] {
                let values = kernelValues(rows * columns, seed: 21).map(element.stored)
                let (x, there) = (try gpu.slice(values), try gpu.scratch(rows * columns * element.bytes))
                let back = try gpu.scratch(rows * columns * 4)
                gpu.transpose(x.address, .float32, to: there.address, element, rows: rows, columns: columns)
                let bytes = try gpu.bytes(there)
                for (row, column) in [(0, 0), (rows - 1, columns - 1), (rows / 2, 0), (0, columns / 3)] {
                    let place = (column * rows + row) * element.bytes
                    #expect(element.value(bytes[place..<(place + element.bytes)]) == values[row * columns + column])
                }
                gpu.transpose(there.address, element, to: back.address, .float32, rows: columns, columns: rows)
                #expect(try gpu.floats(back) == values)
            }
        }
    }

    /// Every bit pattern of the 16-bit types, there and back; and values between two of them, ties to even.
    @Test(arguments: [ElementType.float16, .bfloat16])
    func casts(element: ElementType) throws {
        try withStandIn(element) { gpu, _ in
            let patterns = (0..<65536).map { UInt16($0) }
            let values = patterns.map { pattern in withUnsafeBytes(of: pattern) { element.value(Array($0)[...]) } }
            func roundTrip(_ values: [Float]) throws -> [Float] {
                let (x, stored) = (try gpu.slice(values), try gpu.scratch(values.count * 2))
                let back = try gpu.scratch(values.count * 4)
                gpu.cast(x.address, .float32, to: stored.address, element, count: values.count)
                gpu.cast(stored.address, element, to: back.address, .float32, count: values.count)
                return try gpu.floats(back)
            }
            expectSame(try roundTrip(values), values)
            let finite = values.filter(\.isFinite).sorted()
            let halfway = zip(finite, finite.dropFirst()).map { ($0 + $1) / 2 }
            for near in [halfway, halfway.map(\.nextUp), halfway.map(\.nextDown)] {
                expectSame(try roundTrip(near), near.map(element.stored))
            }
            let beyond: [Float] = [
                65519, 65520, 1e30, 3.4e38, -65520, .infinity, .nan, .leastNonzeroMagnitude, 2.9e-8, 3e-8,
            ]
            expectSame(try roundTrip(beyond), beyond.map(element.stored))
        }
    }

    @Test(arguments: TestGPU.exact)
    func cornersScatterAndGather(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all {
                let large = KernelShape(
                    n: shape.n, h: 2 * shape.h, w: 2 * shape.w, c: shape.c, before: shape.before, behind: shape.behind)
                let count = try large.shape.count
                let rows = kernelValues(count, seed: 22).map(element.stored)
                let bias = kernelValues(shape.c, seed: 23)
                let stored = try gpu.slice(bytes: rows.flatMap { element.bytes(of: $0) })
                let view = try gpu.filled(large, [Float](repeating: 0, count: count))
                gpu.scatterCorners(stored.address, bias: try gpu.slice(bias), to: view)
                var expected = [Float](repeating: 0, count: count)
                for pixel in 0..<(count / shape.c) {
                    let (column, row) = (pixel % large.w, pixel / large.w)
                    let corner = (row / 2 * shape.w + column / 2) * 4 + row % 2 * 2 + column % 2
                    for channel in 0..<shape.c {
                        expected[pixel * shape.c + channel] = element.stored(
                            rows[corner * shape.c + channel] + bias[channel])
                    }
                }
                expectSame(try gpu.contents(view, large), expected, "\(shape.testDescription)")
                gpu.scatterCorners(stored.address, bias: nil, to: view)
                let back = try gpu.scratch(stored.bytes)
                gpu.gatherCorners(view, to: back.address)
                let expectedBytes = try gpu.bytes(stored)
                #expect(try gpu.bytes(back) == expectedBytes, "\(shape.testDescription)")
            }
        }
    }
}
