import Imaging
import Testing

@Suite struct SliceResizerTests {
    private func resizer(_ golden: GoldenVolumes.Picture) throws -> SliceResizer {
        try SliceResizer(
            SliceRectangle(i: golden.i[0]..<golden.i[1], j: golden.j[0]..<golden.j[1]), height: golden.height,
            width: golden.width)
    }

    @Test func agreesWithPyTorch() throws {
        for golden in try GoldenVolumes.load().pictures {
            let volume = try makeHounsfield(golden.seed, on: try makeGrid(golden.size))
            let resizer = try resizer(golden)
            let picture = try resizer.picture(of: volume, slice: 1)
            let difference = firstDifference(
                picture.map { Double($0) }, golden.values.map { Double($0) }, tolerance: 2e-3)
            #expect(difference == nil, "seed \(golden.seed)")
            let restored = try resizer.restored(picture)
            let back = firstDifference(
                restored.map { Double($0) }, golden.restored.map { Double($0) }, tolerance: 4e-3)
            #expect(back == nil, "seed \(golden.seed)")
        }
    }

    @Test func labelPicturesAgreeWithPyTorch() throws {
        // The golden numbers are HU, so labels are taken from them through a volume of their low bytes.
        for golden in try GoldenVolumes.load().pictures {
            let volume = try makeHounsfield(golden.seed, on: try makeGrid(golden.size))
            let resizer = try resizer(golden)
            func bytes(_ shift: Int) throws -> [Int] {
                let plane = try LabelVolume(
                    grid: volume.grid, voxels: volume.voxels.map { UInt8(((Int($0) + 1024) >> shift) & 255) })
                return try resizer.labelPicture(of: plane, slice: 1).map { Int($0) }
            }
            let inside = try LabelVolume(grid: volume.grid, voxels: volume.voxels.map { _ in 1 })
            let seen = try resizer.labelPicture(of: inside, slice: 1)
            let (low, high) = (try bytes(0), try bytes(8))
            let values = seen.indices.map { seen[$0] == 1 ? low[$0] + high[$0] * 256 - 1024 : -1000 }
            #expect(digest(values) == golden.nearest, "seed \(golden.seed)")
        }
    }

    /// Shapes restored from their own pictures must not move: centroids agree to a small part of a pixel.
    @Test(arguments: [(256, 256), (512, 512), (300, 340), (96, 128), (640, 700)])
    func thereAndBackDoesNotShift(height: Int, width: Int) throws {
        let grid = try makeGrid([320, 300, 1])
        let disc = try LabelVolume(
            grid: grid,
            voxels: (0..<grid.size.voxels).map { voxel in
                let (x, y) = (Double(voxel % 320) - 140.3, Double(voxel / 320) - 171.8)
                return x * x / 1.7 + y * y < 3600 ? 1 : 0
            })
        let resizer = try SliceResizer(SliceRectangle(i: -12..<310, j: 21..<320), height: height, width: width)
        let (expected, area) = centroid(disc)

        var nearest = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        try resizer.restore(labels: try resizer.labelPicture(of: disc, slice: 0), to: &nearest, slice: 0)
        let (nearestCentroid, nearestArea) = centroid(nearest)
        // A tenth of the coarser pixel.
        let pixel = max(1, 322 / Double(width), 299 / Double(height))
        #expect(firstDifference(nearestCentroid, expected, tolerance: 0.1 * pixel) == nil)
        #expect(abs(nearestArea - area) < 0.01 * area)

        let ct = try CTVolume(grid: grid, voxels: disc.voxels.map { Int16($0) * 1000 })
        let foreground = try resizer.picture(of: ct, slice: 0, outside: 0).map { $0 / 1000 }
        var restored = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        try resizer.restore(scores: foreground.map { 1 - $0 } + foreground, classes: 2, to: &restored, slice: 0)
        let (restoredCentroid, restoredArea) = centroid(restored)
        #expect(firstDifference(restoredCentroid, expected, tolerance: 0.05) == nil)
        #expect(abs(restoredArea - area) < 0.01 * area)
    }

    private func centroid(_ labels: LabelVolume) -> (place: [Double], area: Double) {
        let inside = labels.voxels.indices.filter { labels.voxels[$0] == 1 }
        let count = Double(inside.count)
        let x = inside.reduce(0.0) { $0 + Double($1 % labels.grid.size.i) } / count
        let y = inside.reduce(0.0) { $0 + Double($1 / labels.grid.size.i) } / count
        return ([x, y], count)
    }

    @Test func aPictureOfTheSameSizeIsTheCrop() throws {
        let volume = try makeHounsfield(9, on: try makeGrid([20, 15, 3]))
        let resizer = try SliceResizer(SliceRectangle(i: -2..<18, j: 3..<17), height: 14, width: 20)
        let picture = try resizer.picture(of: volume, slice: 2, outside: -7, clampedTo: -500...600)
        for row in 0..<14 {
            for column in 0..<20 {
                let (i, j) = (column - 2, row + 3)
                let inside = (0..<20).contains(i) && (0..<15).contains(j)
                let expected = inside ? Float(min(max(volume[i, j, 2], -500), 600)) : -7
                #expect(picture[row * 20 + column] == expected)
            }
        }
    }

    @Test func pixelsOutsideTheRectangleKeepTheirLabels() throws {
        var labels = try makeLabels(3, on: try makeGrid([8, 7, 2]))
        let before = labels
        let resizer = try SliceResizer(SliceRectangle(i: 2..<5, j: 5..<9), height: 2, width: 2)
        try resizer.restore(labels: [9, 9, 9, 9], to: &labels, slice: 1)
        for voxel in labels.voxels.indices {
            let (i, j, k) = (voxel % 8, voxel / 8 % 7, voxel / 56)
            let expected = (2..<5).contains(i) && j >= 5 && k == 1 ? 9 : before[i, j, k]
            #expect(labels[i, j, k] == expected)
        }
        try resizer.restore(scores: [0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1], classes: 3, to: &labels, slice: 0)
        // Of equal scores the lower class wins.
        #expect(labels[2, 5, 0] == 1 && labels[2, 4, 0] == before[2, 4, 0])
    }

    @Test func manySlicesAreTheSlicesOneByOne() throws {
        let volume = try makeHounsfield(10, on: try makeGrid([40, 35, 6]))
        let resizer = try SliceResizer(SliceRectangle(i: 3..<37, j: -4..<30), height: 16, width: 16)
        let together = try resizer.pictures(of: volume, slices: 1..<5)
        let apart = try (1..<5).flatMap { try resizer.picture(of: volume, slice: $0) }
        #expect(zip(together, apart).allSatisfy { $0 == $1 } && together.count == 4 * 256)
    }

    @Test func wrongArgumentsAreRefused() throws {
        let volume = try makeHounsfield(1, on: try makeGrid([8, 7, 2]))
        var labels = try makeLabels(1, on: volume.grid)
        let rectangle = SliceRectangle(i: 0..<8, j: 0..<7)
        let resizer = try SliceResizer(rectangle, height: 4, width: 4)
        let refused: [() throws -> Void] = [
            { _ = try SliceResizer(rectangle, height: 0, width: 4) },
            { _ = try SliceResizer(rectangle, height: 4, width: .max) },
            { _ = try SliceResizer(SliceRectangle(i: 3..<3, j: 0..<7), height: 4, width: 4) },
            { _ = try SliceResizer(SliceRectangle(i: .min ..< .max, j: 0..<7), height: 4, width: 4) },
            { _ = try resizer.picture(of: volume, slice: 2) },
            { _ = try resizer.picture(of: volume, slice: .min) },
            { _ = try resizer.picture(of: volume, slice: .max) },
            { _ = try resizer.pictures(of: volume, slices: 1..<1) },
            { _ = try resizer.pictures(of: volume, slices: .min ..< .max) },
            { _ = try resizer.labelPicture(of: labels, slice: -1) },
            { _ = try resizer.restored([1, 2, 3]) },
            { try resizer.restore(labels: [1], to: &labels, slice: 0) },
            { try resizer.restore(scores: [], classes: 0, to: &labels, slice: 0) },
            { try resizer.restore(scores: [], classes: .max, to: &labels, slice: 0) },
        ]
        for (index, body) in refused.enumerated() {
            #expect(imagingErrorCode(body) == .invalidArgument, "case \(index)")
        }
    }
}
