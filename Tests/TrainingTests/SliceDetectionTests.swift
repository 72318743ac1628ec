import Imaging
import Testing
import Training

@Suite struct SliceDetectionTests {
    /// Four slices of 10×10: 99 of 100 lung pixels healthy, one of 100 infected is 1 %, none, and no lung.
    @Test func aSliceIsInfectedFromOnePercentOfItsLung() throws {
        let grid = try Grid(
            size: GridSize(i: 10, j: 10, k: 4), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        var lungs = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 1, count: 400))
        for i in 0..<10 { for j in 0..<10 { lungs[i, j, 3] = 0 } }
        var lesions = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: 400))
        lesions[0, 0, 0] = 2
        for i in 0..<10 { lesions[i, 5, 1] = 1 }
        let detection = try SliceDetection(lesions: lesions, lungs: lungs)
        #expect(detection.shares == [0.01, 0.1, 0, nil])
        #expect(detection.infected == [true, true, false, false])
        let scores = try detection.scores(actual: [true, false, true, false])
        #expect(
            scores == ClassScores(truePositives: 1, falsePositives: 1, falseNegatives: 1, trueNegatives: 1))
        #expect(throws: TrainingError.self) { try detection.scores(actual: [true]) }
    }
}
