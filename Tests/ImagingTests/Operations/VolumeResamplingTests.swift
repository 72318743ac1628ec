import Imaging
import Testing

@Suite struct VolumeResamplingTests {
    private func grid(_ size: [Int], _ columns: [[Double]]) throws -> Grid {
        let vectors = columns.map { SIMD3($0[0], $0[1], $0[2]) }
        return try Grid(
            size: GridSize(i: size[0], j: size[1], k: size[2]),
            affine: Affine(i: vectors[0], j: vectors[1], k: vectors[2], origin: vectors[3]))
    }

    @Test func agreesWithSimpleITK() throws {
        for golden in try GoldenVolumes.load().resampled {
            let source = try grid(golden.sourceSize, golden.source)
            let target = try grid(golden.size, golden.target)
            let linear = try makeHounsfield(golden.seed, on: source).resampled(onto: target)
            // Whole HU against SimpleITK's fractions.
            let difference = firstDifference(linear.voxels.map { Double($0) }, golden.linear, tolerance: 0.502)
            #expect(difference == nil, "seed \(golden.seed)")
            let labels = try makeLabels(golden.seed + 100, on: source).resampled(onto: target, outside: 9)
            #expect(digest(labels) == golden.nearest, "seed \(golden.seed)")
        }
    }

    @Test func ontoItselfIsIdentity() throws {
        let columns = [[-0.7, 0.02, 0], [0.02, -0.7, 0.1], [0, 0.3, 2.0], [10, 20, 30]]
        for grid in [try makeGrid([13, 11, 7], spacing: [0.7, 0.8, 2]), try grid([13, 11, 7], columns)] {
            let volume = try makeHounsfield(5, on: grid)
            let labels = try makeLabels(6, on: grid)
            let (volumeAgain, labelsAgain) = (try volume.resampled(onto: grid), try labels.resampled(onto: grid))
            #expect(digest(volumeAgain.voxels.lazy.map { Int($0) }) == digest(volume.voxels.lazy.map { Int($0) }))
            #expect(digest(labelsAgain) == digest(labels))
        }
    }

    /// A field that is linear in millimetres keeps its value at every place, whatever the grids.
    @Test func millimetresAreKept() throws {
        func field(_ place: WorldPoint) -> Double { 10 * place.x - 7 * place.y + 4 * place.z }
        func world(_ grid: Grid, _ voxel: Int) -> WorldPoint {
            let (row, i) = voxel.quotientAndRemainder(dividingBy: grid.size.i)
            let (k, j) = row.quotientAndRemainder(dividingBy: grid.size.j)
            return grid.affine.world(of: GridPoint(i: Double(i), j: Double(j), k: Double(k)))
        }
        let source = try grid([40, 36, 20], [[-0.9, 0.1, 0], [0.1, -0.9, 0.05], [0, 0.2, 2], [18, 16, -20]])
        let target = try grid([12, 10, 8], [[-1, 0, 0.1], [0, -1.3, 0], [0.1, 0, 1.7], [6, 6, -7]])
        let volume = try CTVolume(
            grid: source, voxels: (0..<source.size.voxels).map { Int16(field(world(source, $0)).rounded()) })
        let result = try volume.resampled(onto: target)
        let expected = (0..<target.size.voxels).map { field(world(target, $0)) }
        #expect(firstDifference(result.voxels.map { Double($0) }, expected, tolerance: 1.01) == nil)
    }

    @Test func otherOrdersAreRefused() throws {
        let volume = try makeHounsfield(1, on: try makeGrid([3, 3, 3]))
        let ras = try Grid(
            size: volume.grid.size, affine: Affine(order: .ras, spacing: Spacing(i: 1, j: 1, k: 1)))
        #expect(imagingErrorCode { _ = try volume.resampled(onto: ras) } == .gridMismatch)
    }
}
