import Imaging
import TestSupport
import Testing
import Training

/// Figures 1 and 2 against small cases worked out by hand.
@Suite struct DataFigureTests {
    func volume(_ slices: [[UInt8]], width: Int, height: Int) throws -> LabelVolume {
        try LabelVolume(grid: grid(width, height, slices.count), voxels: slices.flatMap { $0 })
    }

    func grid(_ i: Int, _ j: Int, _ k: Int) throws -> Grid {
        try Grid(
            size: GridSize(i: i, j: j, k: k), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
    }

    @Test func theHeatMapCountsSlices() throws {
        let labels = try volume([[0, 1, 0, 2, 0, 0], [0, 1, 3, 0, 0, 0], [0, 2, 0, 0, 0, 1]], width: 3, height: 2)
        let map = try AccumulationMap(labels)
        #expect(map.counts == [0, 3, 1, 1, 0, 1])
        #expect((map.width, map.height) == (3, 2))
        #expect(map.largest == 3)
        let picture = try map.picture()
        #expect(picture[12, 12] == ColorMap.hot.color(0))
        #expect(picture[13, 12] == ColorMap.hot.color(1))
        #expect(picture[12, 13] == ColorMap.hot.color(1.0 / 3))
    }

    @Test func aHeatMapOfNothingIsBlack() throws {
        let map = try AccumulationMap(volume([[0, 0, 0, 0]], width: 2, height: 2))
        #expect(map.largest == 0)
        #expect(try map.picture()[12, 12] == ColorMap.hot.color(0))
    }

    @Test func theSampleShowsTheMost() throws {
        let labels = try volume(
            [[1, 1, 1, 1], [1, 2, 0, 0], [1, 1, 2, 2], [2, 2, 2, 1], [0, 0, 0, 0]], width: 2, height: 2)
        #expect(SampleTriptych.mostTellingSlice(of: labels) == 2)
    }

    @Test func theTriptychsGreysAreThePapers() throws {
        // All tissue, so nothing is cropped; the right column is lung.
        let grid = try grid(4, 4, 1)
        let ct = try CTVolume(grid: grid, voxels: [Int16](repeating: 150, count: 16))
        let columns: [UInt8] = [0, 1, 2, 3]
        let labels = try LabelVolume(grid: grid, voxels: (0..<16).map { columns[$0 % 4] })
        let lungs = try LabelVolume(grid: grid, voxels: (0..<16).map { $0 % 4 == 3 ? 1 : 0 })
        let data = try LabelledVolume(name: "sample", ct: ct, labels: labels)
        let picture = try SampleTriptych(data, lungs: lungs, slice: 0).picture()
        let row = (0..<picture.width).map { picture[$0, 9].red }
        // The tiles: white tissue, black but for the lung, and the four greys.
        #expect(row.filter { $0 == 255 }.count == 4 + 1 + 1)
        #expect(row.contains(85) && row.contains(170))
        let greys = try #require(row.firstIndex(of: 85))
        #expect(Array(row[(greys - 1)..<(greys + 3)]) == [0, 85, 170, 255])
        let without = try SampleTriptych(data, slice: 0).picture()
        #expect(without.width < picture.width)
        #expect(throws: TrainingError.self) { try SampleTriptych(data, slice: 1) }
    }
}
