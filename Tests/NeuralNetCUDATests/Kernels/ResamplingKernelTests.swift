import CUDATestSupport
import Imaging
import NeuralNet
import NeuralNetCUDA
import TestDeadlines
import Testing

/// The same values as the slices' resizer on the CPU, bit for bit where the picture is float32.
@Suite("CUDA kernels of slices and pictures against the CPU's")
struct ResamplingKernelTests {
    private let size = GridSize(i: 23, j: 19, k: 3)
    /// Inside, beyond two sides, larger than the slice, and one that shows nothing of it.
    private static let rectangles = [
        SliceRectangle(i: 2..<15, j: 3..<16), SliceRectangle(i: -4..<9, j: 12..<25),
        SliceRectangle(i: -3..<40, j: -5..<38), SliceRectangle(i: 30..<40, j: 0..<10),
    ]
    private let height = 9
    private let width = 12

    private func grid(_ size: GridSize) throws -> Grid {
        try Grid(size: size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
    }

    private func volume(seed: UInt64) throws -> CTVolume {
        var random = SeededGenerator(seed: seed)
        let voxels = (0..<(size.i * size.j * size.k)).map { _ in Int16.random(in: -1200...2000, using: &random) }
        return try CTVolume(grid: try grid(size), voxels: voxels)
    }

    @Test(arguments: TestGPU.exact)
    func pictures(on test: TestGPU) throws {
        let element = test.element
        let volume = try volume(seed: 31)
        var values = PictureValues(window: -1000...400)
        values.clamp = -1100...1500
        try test.run { gpu in
            let resizers = try ResamplingKernelTests.rectangles.map {
                try SliceResizer($0, height: height, width: width)
            }
            let plane = size.i * size.j
            let voxels = try (0..<size.k).map { k in
                let slice = try gpu.scratch(plane * 2)
                volume.voxels[(k * plane)..<((k + 1) * plane)].withUnsafeBytes { gpu.upload($0, to: slice) }
                return slice
            }
            let slices = try ResampledSlices(
                resizers.enumerated().map { index, resizer in
                    ResampledSlice(
                        voxels: voxels[index % size.k], width: size.i, height: size.j, i: resizer.rectangle.i,
                        j: resizer.rectangle.j, columns: ResizeTaps(resizer.columns), rows: ResizeTaps(resizer.rows))
                }, on: gpu)
            let shape = KernelShape(n: resizers.count, h: height, w: width, c: 1)
            let pictures = try gpu.filled(shape, [Float](repeating: 5, count: try shape.shape.count))
            gpu.pictures(
                of: slices, values, into: pictures,
                scratch: try gpu.scratch(gpu.pictureScratchBytes(slices, width: width)))
            var expected: [Float] = []
            for (index, resizer) in resizers.enumerated() {
                expected += try resizer.picture(of: volume, slice: index % size.k, clampedTo: values.clamp).map { hu in
                    let share = (hu + 1000) / 1400
                    return share > 0 ? 2 * min(share, 1) - 1 : -1
                }
            }
            expectSame(try gpu.contents(pictures, shape), expected.map(element.stored))
        }
    }

    @Test(arguments: TestGPU.exact, [1, 2, 4])
    func restoring(on test: TestGPU, classes: Int) throws {
        let element = test.element
        try test.run { gpu in
            let resizers = try ResamplingKernelTests.rectangles.map {
                try SliceResizer($0, height: height, width: width)
            }
            let shape = KernelShape(n: resizers.count, h: height, w: width, c: classes)
            let scores = kernelValues(try shape.shape.count, seed: 32).map(element.stored)
            let view = try gpu.filled(shape, scores)
            let plane = size.i * size.j
            let labels = try resizers.map { _ in try gpu.slice(bytes: [UInt8](repeating: 9, count: plane)) }
            let values = try resizers.map { _ in try gpu.slice([Float](repeating: 9, count: plane)) }
            let slices = try ResampledSlices(
                resizers.enumerated().map { index, resizer in
                    ResampledSlice(
                        labels: labels[index], values: values[index], width: size.i, height: size.j,
                        i: resizer.rectangle.i, j: resizer.rectangle.j, columns: ResizeTaps(resizer.columnsBack),
                        rows: ResizeTaps(resizer.rowsBack))
                }, on: gpu)
            let scratch = try gpu.scratch(gpu.restoreScratchBytes(slices, scores: try shape.shape))
            gpu.restoreLabels(view, to: slices, scratch: scratch)
            if classes == 1 { gpu.restoreValues(view, to: slices, scratch: scratch) }
            let grid = try grid(GridSize(i: size.i, j: size.j, k: 1))
            for (index, resizer) in resizers.enumerated() {
                let image = Array(scores[(index * height * width * classes)..<((index + 1) * height * width * classes)])
                let planes = (0..<classes).flatMap { label in
                    stride(from: label, to: image.count, by: classes).map { image[$0] }
                }
                var expected = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 9, count: plane))
                try resizer.restore(scores: planes, classes: classes, to: &expected, slice: 0)
                let found = try gpu.bytes(labels[index])
                #expect(expected.voxels == found)
                guard classes == 1 else { continue }
                let whole = try resizer.restored(planes)
                let restored = try gpu.floats(values[index])
                for (place, value) in restored.enumerated() {
                    let (i, j) = (place % size.i, place / size.i)
                    let isInside = resizer.rectangle.i.contains(i) && resizer.rectangle.j.contains(j)
                    let row = (j - resizer.rectangle.j.lowerBound) * resizer.rectangle.i.count
                    #expect(value == (isInside ? whole[row + i - resizer.rectangle.i.lowerBound] : 9))
                }
            }
        }
    }

    @Test(arguments: TestGPU.exact)
    func mirroring(on test: TestGPU) throws {
        let element = test.element
        try test.run { gpu in
            for shape in KernelShape.all {
                let count = try shape.shape.count
                let (x, z) = (kernelValues(count, seed: 33), kernelValues(count, seed: 34))
                let (stored, other) = (x.map(element.stored), z.map(element.stored))
                func place(_ index: Int) -> Int {
                    let column = index / shape.c % shape.w
                    return index + (shape.w - 1 - 2 * column) * shape.c
                }
                let (first, second) = (try gpu.filled(shape, x), try gpu.filled(shape, z))
                let y = try gpu.filled(shape, x)
                gpu.mirror(x: first, y: y)
                expectSame(try gpu.contents(y, shape), (0..<count).map { stored[place($0)] })
                gpu.averageMirrored(x: first, mirrored: second, y: first)
                let mean = (0..<count).map { element.stored((stored[$0] + other[place($0)]) / 2) }
                expectSame(try gpu.contents(first, shape), mean)
            }
        }
    }
}

extension ResizeTaps {
    init(_ filter: ResizeFilter) {
        self.init(
            firsts: filter.firsts.map { Int32($0) }, starts: filter.weightStarts.map { Int32($0) },
            weights: filter.weights)
    }
}
