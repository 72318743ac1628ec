import Imaging
import NeuralNet
import Segmentation
import Testing

@Suite struct VolumeSegmenterTests {
    /// A U-Net whose head answers by brightness alone would need training; a constant head shows where labels land.
    func constantModel(label: Int, _ preparation: InputPreparation) throws -> SegmentationModel {
        let network = UNet(inputChannels: 1, classes: 3, depth: 1, baseFilters: 2)
        var model = try SegmentationModel(architecture: ArchitectureDescription(network), seed: 1)
        try model.parameters.set("head.weight", to: [Float](repeating: 0, count: 6))
        try model.parameters.set("head.bias", to: (0..<3).map { $0 == label ? 1 : 0 })
        model.metadata = preparation.metadata
        return model
    }

    @Test func labelsStayInsideTheCropOfTheSlicesAskedFor() throws {
        let (ct, _) = try SliceCropTests.chest()
        let preparation = InputPreparation(crop: .chest, height: 32, width: 32)
        let segmenter = try VolumeSegmenter(
            constantModel(label: 2, preparation), backend: CPUBackend(threads: 1), microBatch: 2)
        var shares: [Double] = []
        let labels = try segmenter.labels(of: ct, slices: [0, 2]) { shares.append($0) }
        #expect(labels.grid == ct.grid)
        #expect(shares == [1])
        for k in 0..<3 {
            for j in 0..<110 {
                for i in 0..<100 {
                    let inside = k != 1 && 18..<82 ~= i && 18..<82 ~= j
                    guard labels[i, j, k] == (inside ? 2 : 0) else {
                        Issue.record("Voxel \(i), \(j), \(k) is \(labels[i, j, k]).")
                        return
                    }
                }
            }
        }
    }

    @Test func theModelSaysHowItsInputIsPrepared() throws {
        let preparation = InputPreparation(crop: .lungs, height: 64, width: 48)
        #expect(try InputPreparation(metadata: preparation.metadata) == preparation)
        #expect(try InputPreparation(metadata: [:]) == nil)
        #expect(throws: NeuralNetError.self) { try InputPreparation(metadata: ["preparation": "{}"]) }
        var model = try constantModel(label: 0, preparation)
        model.metadata = [:]
        #expect(throws: NeuralNetError.self) { try VolumeSegmenter(model, backend: CPUBackend(threads: 1)) }
    }

    @Test func aSliceThatThereIsNotIsAnError() throws {
        let preparation = InputPreparation(crop: .wholeSlice, height: 16, width: 16)
        let segmenter = try VolumeSegmenter(constantModel(label: 0, preparation), backend: CPUBackend(threads: 1))
        #expect(throws: ImagingError.self) { try segmenter.labels(of: SliceCropTests.chest().ct, slices: [3]) }
    }

    /// With random weights a mirrored slice gets other scores than the mirror of its own, unless both are averaged.
    @Test func averagingMirrorsMakesLeftAndRightAlike() throws {
        let size = GridSize(i: 32, j: 32, k: 1)
        let grid = try Grid(size: size, affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        let voxels = (0..<1024).map { (pixel: Int) -> Int16 in Int16((pixel * 7919) % 1400 - 1000) }
        // Typed by hand: left to inference, these expressions can take the compiler too long.
        func mirror(_ pixel: Int) -> Int { pixel / 32 * 32 + 31 - pixel % 32 }
        let mirrored = (0..<1024).map { (pixel: Int) -> Int16 in voxels[mirror(pixel)] }
        var model = try SegmentationModel(
            architecture: ArchitectureDescription(UNet(inputChannels: 1, classes: 3, depth: 1, baseFilters: 4)), seed: 4
        )
        model.metadata = InputPreparation(crop: .wholeSlice, height: 32, width: 32).metadata
        func differing(averaged: Bool) throws -> Int {
            let segmenter = try VolumeSegmenter(
                model, backend: CPUBackend(threads: 1), averagesMirrored: averaged)
            let plain = try segmenter.labels(of: CTVolume(grid: grid, voxels: voxels), slices: [0]).voxels
            let other = try segmenter.labels(of: CTVolume(grid: grid, voxels: mirrored), slices: [0]).voxels
            return (0..<1024).count { (pixel: Int) -> Bool in plain[pixel] != other[mirror(pixel)] }
        }
        #expect(try differing(averaged: false) > 50)
        #expect(try differing(averaged: true) <= 2)
    }
}
