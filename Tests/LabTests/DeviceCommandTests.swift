import CUDATestSupport
import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// `--device`, `--precision` and `--deterministic`, on stand-ins of CUDA's libraries and without any.
@Suite struct DeviceCommandTests {
    let folder: TemporaryFolder
    let standIns: StandInEnvironment

    init() throws {
        folder = try TemporaryFolder()
        standIns = try StandInEnvironment()
        let network = UNet(inputChannels: 1, classes: 3, depth: 1, baseFilters: 4)
        try SegmentationModel(architecture: ArchitectureDescription(network), seed: 3)
            .save(to: folder.path("model.safetensors"))
        let images = (0..<(2 * 16 * 16)).map { Float($0 % 97) / 97 }
        try NpyFile.write(images, shape: [2, 16, 16], to: folder.path("x.npy"))
    }

    /// No driver, or one that shows no device.
    private static let nothing = ["LUNGTRIAGE_CUDA_PATH": "", "CUDA_VISIBLE_DEVICES": ""]

    private func infer(_ options: String..., gpu: Bool = true) throws -> LabProcess {
        try LabProcess(
            ["infer", "--model", "model.safetensors", "--input", "x.npy", "--output", "y.npy"] + options,
            in: folder.url, environment: try gpu ? standIns.variables : Self.nothing)
    }

    private func logits() throws -> [Float] { try NpyFile(path: folder.path("y.npy")).floats() }

    @Test(
        "The GPU gives the CPU's numbers, as precisely as asked", arguments: ["float32", "tf32", "float16", "bfloat16"])
    func precision(name: String) throws {
        let cpu = try infer("--device", "cpu")
        #expect(cpu.status == 0 && cpu.errors.isEmpty, "\(cpu.errors)")
        let expected = try logits()
        let run = try infer("--device", "cuda:0", "--precision", name, "--deterministic")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let bounds: [String: Double] = ["float32": 1e-5, "tf32": 1e-2, "float16": 1e-2, "bfloat16": 8e-2]
        let error = relativeError(try logits(), expected)
        #expect(error < bounds[name] ?? 0)
        // It was this precision and no better one. The stand-ins do not round to TF32.
        if name.hasSuffix("16") { #expect(error > 1e-5) }
        #expect(try standIns.calls("cuLaunchKernel") > 0)
        #expect(try standIns.violations == "")
    }

    @Test func automaticTakesTheGPUWhereItWorks() throws {
        #expect(try infer().status == 0)
        #expect(try standIns.calls("cuLaunchKernel") > 0)
        let without = try infer("--precision", "float16", gpu: false)
        #expect(without.status == 0)
        let lines = without.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(without.errors)")
        #expect(lines[0].contains("The CPU computes, in float32.") && lines[0].hasSuffix("]"), "\(without.errors)")
    }

    @Test func aDeviceThatIsNotThereIsNoOtherDevice() throws {
        let missing = try infer("--device", "cuda:7")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("[noSuchDevice]"), "\(missing.errors)")
        #expect(try infer("--device", "cuda:0", gpu: false).status == 1)
        for wrong in [["--device", "gpu"], ["--device", "cuda:-1"], ["--device", "cuda:"], ["--precision", "int8"]] {
            let run = try LabProcess(["bench", "infer", "--network", "unet"] + wrong, in: folder.url)
            #expect(run.status == 64, "\(wrong)")
        }
        #expect(try infer("--device", "cpu", "--precision", "float16").status == 64)
    }

    @Test func benchmarksTimeTheNetworkAlone() throws {
        for (options, precision, name) in [
            (["infer", "--resident"], "bfloat16", "bfloat16"), (["train"], "tf32", "float32 (TF32 products)"),
        ] {
            let run = try LabProcess(
                ["bench"] + options + [
                    "--model", "model.safetensors", "--batch", "2", "--size", "16", "--repeats", "3", "--json",
                    "--device", "cuda:0", "--precision", precision,
                ], in: folder.url, environment: try standIns.variables)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json()["device"] as? String == "Stand-in, \(name)")
            #expect(try standIns.calls("cuGraphLaunch") > 0)
            #expect(try standIns.violations == "")
        }
    }

    @Test func benchmarksOfADeviceAndOfAStudy() throws {
        var model = try SegmentationModel.load(folder.path("model.safetensors"))
        model.metadata = InputPreparation(crop: .wholeSlice, height: 16, width: 16).metadata
        try model.save(to: folder.path("prepared.safetensors"))
        func bench(_ arguments: String...) throws -> LabProcess {
            try LabProcess(
                ["bench"] + arguments + ["--device", "cuda:0", "--precision", "bfloat16", "--json"], in: folder.url,
                environment: try standIns.variables)
        }
        let matrix = try bench("matrix", "--size", "16", "--repeats", "1", "--products", "2")
        #expect(try #require(try matrix.json()["flopsPerSecond"] as? Double) > 0)
        #expect(try standIns.calls("cublasLtMatmul") == 4)
        let study = try bench("study", "prepared.safetensors", "--slices", "3", "--size", "32", "--repeats", "1")
        let seconds = try study.json()
        #expect(try #require(seconds["networkSeconds"] as? Double) > 0, "\(study.errors)")
        let agreement = try bench("agreement", "prepared.safetensors", "--slices", "2", "--size", "32", "--least", "0")
        let found = try agreement.json()
        #expect(agreement.status == 0, "\(agreement.errors)")
        #expect(found["pixels"] as? Int == 512)
        let share = try #require(found["agreement"] as? Double)
        #expect(share > 0.9 && share <= 1)
        #expect(try #require(found["relativeError"] as? Double) > 1e-5)
        let strict = try bench("agreement", "prepared.safetensors", "--slices", "2", "--size", "32", "--least", "1.01")
        #expect(strict.status == 1 && strict.errors.contains("fewer than"), "\(strict.errors)")
        #expect(try standIns.violations == "")
    }

    @Test func recordsSayWhatComputed() throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "medseg"), withIntermediateDirectories: true)
        try SyntheticSlices.write(to: folder.url.appending(path: "medseg"))
        let train = try LabProcess(
            [
                "train", "--task", "binary", "--network", "unet", "--depth", "1", "--base-filters", "2", "--crop",
                "wholeSlice", "--size", "16", "--epochs", "1", "--batch", "2", "--medseg", "medseg", "--output", "run",
                "--device", "cuda:0", "--precision", "float16",
            ], in: folder.url, environment: try standIns.variables)
        #expect(train.status == 0, "\(train.errors)")
        let history = try String(contentsOf: folder.url.appending(path: "run/history.jsonl"), encoding: .utf8)
        #expect(history.contains(#""device":"Stand-in, float16""#), "\(history)")
        let evaluate = try LabProcess(
            ["evaluate", "run/best.safetensors", "--medseg", "medseg", "--json"], in: folder.url,
            environment: try standIns.variables)
        #expect(try evaluate.json()["device"] as? String == "Stand-in, float32", "\(evaluate.errors)")
    }
}
