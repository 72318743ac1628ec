import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// `infer`, `inspect` and `bench` from the outside: files, JSON keys, exit statuses.
@Suite struct EngineCommandTests {
    let folder: TemporaryFolder
    let model: SegmentationModel

    init() throws {
        folder = try TemporaryFolder()
        let network = UNet(inputChannels: 1, classes: 3, depth: 1, baseFilters: 4)
        model = try SegmentationModel(architecture: ArchitectureDescription(network), seed: 3)
        try model.save(to: folder.path("model.safetensors"))
    }

    @Test func inferGivesWhatTheLibraryGives() throws {
        let images = (0..<(2 * 32 * 48)).map { Float($0 % 97) / 97 }
        try NpyFile.write(images, shape: [2, 32, 48], to: folder.path("x.npy"))
        let run = try LabProcess(
            "infer", "--model", "model.safetensors", "--input", "x.npy", "--output", "y.npy", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let file = try NpyFile(path: folder.path("y.npy"))
        #expect(file.shape == [2, 3, 32, 48])
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: CPUBackend(threads: 1), height: 32, width: 48
        )
        let expected = try session.run(Tensor(images, shape: Shape(n: 2, h: 32, w: 48, c: 1))).planes()
        let difference = difference(try file.floats(), expected, atol: 1e-5, rtol: 1e-5)
        #expect(difference.isClose, "\(difference)")
    }

    @Test func inspectCountsParameters() throws {
        let run = try LabProcess("inspect", "model.safetensors", "--size", "32", "--json", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let report = try run.json()
        #expect(report["parameters"] as? Int == model.network.trainableParameterCount)
        #expect((report["layers"] as? [Any])?.isEmpty == false)
        let table = try LabProcess("inspect", "model.safetensors", "--size", "32", in: folder.url)
        #expect(table.output.contains("\(model.network.trainableParameterCount)"))
    }

    @Test(arguments: ["infer", "train"])
    func benchPrintsJSON(kind: String) throws {
        let run = try LabProcess(
            "bench", kind, "--network", "unet", "--base-filters", "4", "--depth", "1", "--size", "32", "--batch", "2",
            "--repeats", "3", "--threads", "1", "--json", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let report = try run.json()
        #expect(try #require(report["secondsPerImage"] as? Double) > 0)
        #expect(try #require(report["peakResidentBytes"] as? Int) > 1_000_000)
        #expect((report["allSeconds"] as? [Double])?.count == 3)
    }

    @Test(arguments: ["infer", "train"])
    func benchTimesEveryLayer(kind: String) throws {
        let run = try LabProcess(
            "bench", kind, "--network", "segnet", "--depth", "1", "--size", "16", "--batch", "2", "--repeats", "2",
            "--threads", "1", "--layers", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("classifier"))
        #expect(run.output.contains("pool.0"))
    }

    @Test func pacedRunsOncePerLine() throws {
        let run = try LabProcess(
            "bench", "infer", "--network", "unet", "--base-filters", "4", "--depth", "1", "--size", "16", "--paced",
            in: folder.url, input: "run\nrun\n")
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == #"{"ready":true}"#)
        #expect(lines.count == 3)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(#"{"seconds":"#) })
    }

    @Test func mistakesHaveTheirOwnStatuses() throws {
        try Data("not a model".utf8).write(to: folder.url.appending(path: "broken.safetensors"))
        #expect(try LabProcess("infer", in: folder.url).status == 64)
        let broken = try LabProcess("inspect", "broken.safetensors", in: folder.url)
        #expect(broken.status == 65)
        #expect(broken.errors.contains("broken.safetensors"))
        #expect(try LabProcess("inspect", "missing.safetensors", in: folder.url).status == 65)
        try NpyFile.write([Float](repeating: 0, count: 31 * 31), shape: [1, 31, 31], to: folder.path("odd.npy"))
        let odd = try LabProcess(
            "infer", "--model", "model.safetensors", "--input", "odd.npy", "--output", "y.npy", in: folder.url)
        #expect(odd.status == 65)
        #expect(!FileManager.default.fileExists(atPath: folder.path("y.npy")))
    }
}
