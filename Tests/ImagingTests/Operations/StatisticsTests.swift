import Imaging
import Testing

@Suite struct StatisticsTests {
    @Test func agreeWithNumpy() throws {
        for golden in try GoldenVolumes.load().statistics {
            let grid = try makeGrid(golden.size, spacing: [0.7, 0.8, 2.5])
            let labels = try makeLabels(golden.labelSeed, on: grid)
            let histograms = try makeHounsfield(golden.seed, on: grid).histograms(
                under: labels, of: [golden.label, 200])
            let histogram = try #require(histograms[golden.label])
            #expect(histogram.voxels == golden.voxels)
            let moments = [try #require(histogram.mean), try #require(histogram.standardDeviation)]
            #expect(firstDifference(moments, [golden.mean, golden.standardDeviation], tolerance: 1e-9) == nil)
            #expect(histogram.count(in: -200 ... .max) == golden.atLeastMinus200)
            let percentiles = [0, 5, 12.34, 50, 95, 99.9, 100].compactMap { histogram.percentile($0) }
            #expect(firstDifference(percentiles, golden.percentiles, tolerance: 1e-9) == nil)
            let extremes = try #require(histogram.extremes)
            #expect(
                [Double(extremes.lowerBound), Double(extremes.upperBound)] == [percentiles.first, percentiles.last])
            #expect(histograms[200]?.voxels == 0 && histograms.count == 2)

            let counts = LabelCounts(labels)
            #expect(counts.voxelsBySlice(of: golden.label) == golden.bySlice)
            #expect(counts.labels == [0, 1, 2, 3])
            #expect(abs(counts.volume(of: golden.label) - Double(golden.voxels) * 0.7 * 0.8 * 2.5 / 1000) < 1e-9)
            let areas = golden.bySlice.map { Double($0) * 0.7 * 0.8 }
            #expect(firstDifference(counts.areas(of: golden.label), areas, tolerance: 1e-9) == nil)
        }
    }

    @Test func extremeValuesHaveTheirBins() {
        let histogram = HUHistogram([.min, .min, .max, 0])
        #expect(histogram.extremes == .min ... .max)
        #expect(histogram.count(of: .min) == 2 && histogram.count(of: .max) == 1 && histogram.count(of: 0) == 1)
        #expect(histogram.mean == -32769.0 / 4 && histogram.percentile(100) == 32767)
        #expect(histogram.percentile(-1) == nil && histogram.percentile(.nan) == nil)
        let empty = HUHistogram([])
        #expect(empty.mean == nil && empty.standardDeviation == nil && empty.percentile(50) == nil)
        #expect(empty.extremes == nil)
    }

    @Test func thresholdsIncludeTheirEnds() throws {
        let volume = try CTVolume(grid: try makeGrid([5, 1, 1]), voxels: [-201, -200, 0, 100, 101])
        #expect(volume.mask(where: -200...100).voxels == [0, 1, 1, 1, 0])
        let labels = try LabelVolume(grid: volume.grid, voxels: [0, 1, 2, 3, 2])
        #expect(labels.mask(of: 2).voxels == [0, 0, 1, 0, 1])
    }

    @Test func labelsOnAnotherGridAreRefused() throws {
        let volume = try makeHounsfield(1, on: try makeGrid([4, 4, 4]))
        let labels = try makeLabels(1, on: try makeGrid([4, 4, 4], spacing: [1, 1, 1.0001]))
        #expect(imagingErrorCode { _ = try volume.histograms(under: labels, of: [1]) } == .gridMismatch)
    }
}
