import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

@Suite("Model files")
struct SegmentationModelTests {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path

    static let architectures: [ArchitectureDescription] = [
        ArchitectureDescription(UNet(inputChannels: 2, classes: 3, depth: 2, baseFilters: 4, dropout: 0.25)),
        ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 5, batchNorm: false)),
        ArchitectureDescription(SegNet(inputChannels: 1, classes: 2, depth: 1)),
        ArchitectureDescription(SegNet(inputChannels: 1, classes: 2, depth: 2, baseFilters: 6)),
    ]

    @Test("a model is loaded as it was saved, from its file alone", arguments: architectures)
    func roundTrip(architecture: ArchitectureDescription) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var model = try SegmentationModel(architecture: architecture, seed: 11)
        model.metadata["trained_on"] = "nothing"
        try model.save(to: path)
        let loaded = try SegmentationModel.load(path)
        #expect(loaded.architecture == architecture)
        #expect(loaded.network == model.network)
        #expect(loaded.metadata == ["trained_on": "nothing"])
        for spec in model.parameters.specs where spec.layout != .scalar {
            #expect(try loaded.parameters.values(spec.name) == model.parameters.values(spec.name))
        }
    }

    /// A file with these metadata and no tensor.
    func write(_ metadata: [String: String]) throws {
        try SafetensorsWriter(metadata: metadata).write(to: path)
    }

    @Test("metadata that do not describe a network")
    func badMetadata() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let good = ["architecture": "unet", "in_channels": "1", "classes": "2", "depth": "1", "base_filters": "4"]
        try write([:])
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .malformedFile)
        try write(good.merging(["architecture": "transformer"]) { $1 })
        let unknown = thrownError { _ = try SegmentationModel.load(path) }
        #expect(unknown?.code == .unsupported)
        #expect(unknown?.message.contains("transformer") == true)
        try write(good)
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .malformedFile, "batch_norm is missing")
        try write(good.merging(["batch_norm": "perhaps"]) { $1 })
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .malformedFile)
        try write(good.merging(["batch_norm": "true", "depth": "60"]) { $1 })
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .invalidArgument)
        try write(good.merging(["batch_norm": "true"]) { $1 })
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .parameterMismatch, "no tensors")
    }

    @Test("a caller's architecture serves files without one, and must agree with theirs")
    func callersArchitecture() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try SegmentationModel(architecture: Self.architectures[1], seed: 11)
        try model.parameters.save(to: path)
        let loaded = try SegmentationModel.load(path, architecture: Self.architectures[1])
        #expect(loaded.network == model.network)
        try model.save(to: path)
        let code = errorCode { _ = try SegmentationModel.load(path, architecture: Self.architectures[0]) }
        #expect(code == .parameterMismatch)
    }

    @Test("a file that does not exist, and one that is no model")
    func noModel() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .fileAccess)
        try Data("not a model".utf8).write(to: URL(fileURLWithPath: path))
        #expect(errorCode { _ = try SegmentationModel.load(path) } == .malformedFile)
    }
}

@Suite("Architectures")
struct ArchitectureTests {
    @Test("refuse numbers out of range")
    func ranges() {
        let unets = [
            UNet(inputChannels: 0, classes: 2), UNet(inputChannels: 1, classes: 0),
            UNet(inputChannels: 1, classes: 999),
            UNet(inputChannels: 1, classes: 2, depth: 0), UNet(inputChannels: 1, classes: 2, depth: 30),
            UNet(inputChannels: 1, classes: 2, baseFilters: 0), UNet(inputChannels: 1, classes: 2, baseFilters: .max),
            UNet(inputChannels: 1, classes: 2, dropout: 1), UNet(inputChannels: 1, classes: 2, dropout: -0.5),
        ]
        for unet in unets { #expect(errorCode { _ = try unet.network() } == .invalidArgument, "\(unet)") }
        for filters in [0, Int.max] {
            let segnet = SegNet(inputChannels: 1, classes: 2, baseFilters: filters)
            #expect(errorCode { _ = try segnet.network() } == .invalidArgument)
        }
        for depth in [0, 6] {
            let segnet = SegNet(inputChannels: 1, classes: 2, depth: depth)
            #expect(errorCode { _ = try segnet.network() } == .invalidArgument)
        }
    }

    @Test("take sizes divisible by 2^depth", arguments: 1...5)
    func granularity(depth: Int) throws {
        #expect(
            try UNet(inputChannels: 1, classes: 2, depth: depth, baseFilters: 2).network().granularity == 1 << depth)
        #expect(try SegNet(inputChannels: 1, classes: 2, depth: depth).network().granularity == 1 << depth)
    }

    @Test("U-Net joins its skips without copying, SegNet unpools with its own indices")
    func plans() throws {
        let backend = try CPUBackend(threads: 1)
        let shape = try Shape(n: 1, h: 32, w: 32, c: 1)
        let unet = try InferencePlan(
            network: UNet(inputChannels: 1, classes: 2, baseFilters: 8).network(), input: shape, backend: backend)
        #expect(!unet.layers.contains { $0.kind == "copy" || $0.kind == "concatenation" })
        let segnet = try SegNet(inputChannels: 1, classes: 2, depth: 3).network()
        let unpools = segnet.nodes.compactMap { node in
            if case .maxUnpool(let pool) = node.operation { return segnet.nodes[pool].name }
            return nil
        }
        #expect(unpools == ["pool.2", "pool.1", "pool.0"])
    }

    // The field's figures: 96.2 and 48.5 GFLOP for one slice of 256×256.
    @Test("need the operations that the benchmarks state")
    func flops() throws {
        let shape = try Shape(n: 1, h: 256, w: 256, c: 1)
        let unet = try UNet(inputChannels: 1, classes: 4).network().flops(input: shape)
        #expect(abs(Double(unet) / 96.2e9 - 1) < 0.005, "\(unet)")
        let segnet = try SegNet(inputChannels: 1, classes: 2).network().flops(input: shape)
        #expect(abs(Double(segnet) / 48.5e9 - 1) < 0.005, "\(segnet)")
    }
}
