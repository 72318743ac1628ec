import CUDATestSupport
import Foundation
import Imaging
import NeuralNet
import NeuralNetCUDA
import Segmentation
import Testing

/// The repository's models in float16, as the station runs them, against the CPU in float32: on a GPU where there is one. With
/// `LUNGTRIAGE_MODELS_ON_STAND_IN` in the environment on the stand-in, which takes a quarter of an hour.
@Suite("Shipped models on a GPU", .serialized)
struct ShippedModelTests {
    private static let hasGPU = (try? CUDADevice.usable(0)) != nil
    private static let wantsStandIn = ProcessInfo.processInfo.environment["LUNGTRIAGE_MODELS_ON_STAND_IN"] != nil

    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Plugins").standardizedFileURL
    private static let side = 512
    private static let slices = [9, 13]

    @Test(
        .enabled(if: hasGPU || wantsStandIn, "there is no GPU"),
        arguments: [("UNetLung", false), ("UNetMultiClass", true), ("SegNetBinary", true)])
    func labelsAreTheCPUs(name: String, mirrored: Bool) throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: Self.side, j: Self.side, k: 24))
        let volume = try ChestPhantom(seed: 3).render(on: grid).ct.lps()
        let model = try SegmentationModel.load(Self.models.path + "/\(name)/model/model.safetensors")
        func prediction<B: Backend>(_ backend: B) throws -> VolumePrediction {
            try VolumeSegmenter(model, backend: backend, averagesMirrored: mirrored, microBatch: 1)
                .prediction(of: volume, slices: Self.slices, wantsProbabilities: true)
        }
        let expected = try prediction(CPUBackend(threads: 1))
        let found = try onGPU { try prediction($0) }
        let plane = Self.side * Self.side
        let differing = zip(found.labels.voxels, expected.labels.voxels).count { $0 != $1 }
        #expect(Double(differing) <= 0.001 * Double(Self.slices.count * plane), "\(differing) voxels differ")
        let values = (found.probabilities?.voxels ?? [], expected.probabilities?.voxels ?? [0])
        #expect(largestDifference(values.0, values.1) <= 0.02)
    }

    private func onGPU<Result>(_ body: (CUDABackend) throws -> Result) throws -> Result {
        if Self.hasGPU { return try body(try CUDABackend(CUDAOptions(element: .float16))) }
        let libraries = try StandInLibraries()
        var options = libraries.options(.float16)
        // Timing engines would take it hours.
        options.isDeterministic = true
        return try body(try CUDABackend(options))
    }
}
