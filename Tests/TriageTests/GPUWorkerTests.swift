import CUDARuntime
import CUDATestSupport
import Confinement
import Foundation
import ModelHost
import PluginTestSupport
import Segmentation
import StationConfiguration
import TestDeadlines
import TestSupport
import Testing
import Triage
import WorkerLink

/// A daemon with the real worker, confined as ever, and stand-ins of NVIDIA's libraries or none.
@Suite(.serialized) struct GPUWorkerTests {
    /// What provenance says of a plugin.
    private struct Provenance: Decodable {
        struct Plugin: Decodable {
            let device: String
            let hardware: String?
            let precision: String?
        }

        let plugins: [Plugin]
        let command: String
    }

    private static let hasDriver = (try? CUDADevice.all(in: LibraryFolders([]))) != nil

    let folder: TriageFolder
    let plugins: PluginFolder
    let log = RecordedLog()

    init() throws {
        folder = try TriageFolder()
        plugins = try PluginFolder()
        try Self.install(in: plugins.url)
    }

    /// A shipped plugin with a network that is small enough for a GPU that is none.
    private static func install(in plugins: URL) throws {
        let place = plugins.appending(path: "segnet-binary")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: TriageFolder.product("libSegNetBinary.so"), toPath: place.path + "/libSegNetBinary.so")
        var model = try SegmentationModel(
            architecture: ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 2)), seed: 3
        )
        model.metadata = InputPreparation(crop: .wholeSlice, height: 16, width: 16).metadata
        try model.save(to: place.path + "/model.safetensors")
        let manifest = PluginManifest(
            id: "segnet-binary", name: "Small", version: "1.0.0", abi: "1.1", role: .lesionBinary,
            library: .init(file: "libSegNetBinary.so", sha256: nil),
            weights: [.init(file: "model.safetensors", sha256: nil)])
        try manifest.encoded().write(to: place.appending(path: PluginManifest.fileName))
        try seal(place)
    }

    private static func seal(_ place: URL) throws {
        _ = try PluginSeal.seal(folder: place.path)
        for file in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.path + "/" + file)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path)
    }

    private func run(
        device: String, precision: TriageConfiguration.GPUPrecision = .float16, libraries: String?,
        _ body: @Sendable (TriageDaemon) async throws -> Void
    ) async throws {
        var configuration = folder.configuration
        configuration.pluginFolder = plugins.url.path
        configuration.threads = 1
        configuration.devices = [device]
        configuration.gpuPrecision = precision
        // The stand-in's device memory is addresses that count as the process's.
        configuration.workerMemory = 1 << 40
        let named = libraries.map { ["LUNGTRIAGE_CUDA_PATH=\($0)"] } ?? []
        let program = WorkerProgram(
            path: "/usr/bin/env",
            arguments: named + [TriageFolder.product("lungtriage-worker")] + configuration.workerArguments)
        try await folder.run(configuration, program: program, logger: log.logger, body)
    }

    private func provenance(_ study: String) throws -> Provenance {
        let file = URL(filePath: folder.folders.outbox + "/\(study)/provenance.json")
        return try JSONDecoder().decode(Provenance.self, from: Data(contentsOf: file))
    }

    @Test(arguments: [("auto", TriageConfiguration.GPUPrecision.float16), ("cuda:0", .tf32)])
    func aWorkerTakesTheGPUThatIsThere(device: String, precision: TriageConfiguration.GPUPrecision) async throws {
        let libraries = try StandInLibraries.folderForOthers()
        try await run(device: device, precision: precision, libraries: libraries.url.path) { daemon in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
            let worker = try #require(try await daemon.status().workers.first)
            #expect(worker.device == "cuda:0" && worker.hardware == "Stand-in, \(precision)")
        }
        #expect(folder.results == ["first"], "\(log.lines)")
        let found = try provenance("first")
        #expect(found.plugins.map(\.device) == ["cuda:0"])
        #expect(found.plugins.first?.hardware == "Stand-in" && found.plugins.first?.precision == "\(precision)")
        #expect(found.command.contains("--device cuda:0 --precision \(precision)"))
        #expect(!log.lines.contains { $0.contains("Refused") || $0.hasPrefix("error") }, "\(log.lines)")
    }

    /// Where the configuration says so, a GPU that is there is left alone.
    @Test func theCPUIsTakenWhenItIsAskedFor() async throws {
        let libraries = try StandInLibraries.folderForOthers()
        try await run(device: "cpu", libraries: libraries.url.path) { _ in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
        }
        #expect(try provenance("first").plugins.map(\.device) == ["cpu"])
        #expect(try provenance("first").plugins.first?.precision == "float32")
        #expect(!log.lines.contains { $0.contains("No GPU") }, "\(log.lines)")
    }

    @Test(.enabled(if: !hasDriver, "an NVIDIA driver is installed"))
    func withoutADriverTheCPUServesAndTheLogSaysWhy() async throws {
        try await run(device: "auto", libraries: nil) { _ in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
        }
        #expect(try provenance("first").plugins.map(\.device) == ["cpu"], "\(log.lines)")
        let notes = log.lines.filter { $0.contains("No GPU is used") }
        #expect(notes.count == 1 && notes[0].hasPrefix("info") && notes[0].contains("[notInstalled]"), "\(log.lines)")
    }

    /// The device looks well until the plugin starts it.
    @Test func aGPUThatDoesNotStartIsDoneWithout() async throws {
        let libraries = try StandInLibraries.folderForOthers("fail 1 1001 cudnnCreate")
        try await run(device: "auto", libraries: libraries.url.path) { _ in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
        }
        #expect(try provenance("first").plugins.map(\.device) == ["cpu"], "\(log.lines)")
        #expect(
            log.lines.contains { $0.hasPrefix("warning") && $0.contains("cuda:0") && $0.contains("[libraryUnusable]") },
            "\(log.lines)")
    }

    /// Halved until nothing is left to halve; the study is done all the same, and provenance says where.
    @Test func aGPUWithoutMemoryFailsNoStudy() async throws {
        let libraries = try StandInLibraries.folderForOthers("set 4004 always cudnnBackendExecute")
        try await run(device: "cuda:0", libraries: libraries.url.path) { _ in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
        }
        #expect(folder.results == ["first"], "\(log.lines)")
        #expect(try provenance("first").plugins.map(\.device) == ["cpu"])
        let warnings = log.lines.filter { $0.hasPrefix("warning") && $0.contains("too little") }
        #expect(warnings.contains { $0.contains("32 slices at a time") && $0.contains("job=1") }, "\(log.lines)")
        #expect(warnings.contains { $0.contains("labelled on the CPU") }, "\(log.lines)")
    }

    /// What float16 cannot hold is no reason to fail a study.
    @Test func scoresBeyondThePrecisionAreComputedOnTheCPU() async throws {
        let model = URL(filePath: plugins.url.path + "/segnet-binary/model.safetensors")
        var loaded = try SegmentationModel.load(model.path)
        try loaded.parameters.set("head.bias", to: [0, 1e6])
        try loaded.save(to: model.path)
        try Self.seal(plugins.url.appending(path: "segnet-binary"))
        let libraries = try StandInLibraries.folderForOthers()
        try await run(device: "auto", libraries: libraries.url.path) { _ in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
        }
        #expect(try provenance("first").plugins.map(\.device) == ["cpu"], "\(log.lines)")
        #expect(log.lines.contains { $0.hasPrefix("warning") && $0.contains("NaN or infinite") }, "\(log.lines)")
    }

    /// A worker that came after another stands in its place, on another device or not.
    @Test func aGPUThatIsGoneIsToldOfNoMore() async throws {
        let libraries = try StandInLibraries.folderForOthers()
        let script = libraries.url.appending(path: "script")
        try await run(device: "auto", libraries: libraries.url.path) { daemon in
            try folder.dropScan("first.nii.gz")
            try await folder.end(1, log: log)
            #expect(try await daemon.status().workers.map(\.device) == ["cuda:0"])
            try Data("set 1 no device\n".utf8).write(to: script)
            let line = try #require(log.lines.first { $0.contains("A worker is ready") })
            kill(try #require(line.split(separator: "worker=").last.flatMap { pid_t($0) }), SIGKILL)
            try folder.dropScan("second.nii.gz", seed: 2)
            try await folder.end(2, log: log)
            #expect(try await daemon.status().workers.map(\.device) == ["cpu"])
        }
        #expect(log.lines.contains { $0.contains("[noDevice]") }, "\(log.lines)")
    }

    @Test func aGPUThatIsAskedForAndDoesNotStartIsAFailureThatSaysSo() async throws {
        let libraries = try StandInLibraries.folderForOthers("fail 1 1001 cudnnCreate")
        try await run(device: "cuda:0", libraries: libraries.url.path) { daemon in
            try await eventually("the trouble; the log: \(log.lines)", within: 60) {
                try await daemon.status().troubles.contains { $0.contains("libcudnn.so.9 cannot be used") }
            }
        }
        #expect(folder.results == [])
    }

    @Test func aGPUThatIsAskedForAndNotThereIsAFailureThatSaysSo() async throws {
        let libraries = try StandInLibraries.folderForOthers()
        try await run(device: "cuda:3", libraries: libraries.url.path) { daemon in
            try await eventually("the trouble; the log: \(log.lines)", within: 60) {
                try await daemon.status().troubles.contains { $0.contains("GPU 3 was asked for") }
            }
        }
        #expect(log.lines.contains { $0.hasPrefix("error") && $0.contains("noSuchDevice") }, "\(log.lines)")
        #expect(folder.results == [])
    }
}

/// What of the system a worker may reach.
@Suite struct GPUPathTests {
    private let environment = [
        "LUNGTRIAGE_CUDA_PATH": "/opt/cuda:relative:/", "CUDA_CACHE_PATH": NSTemporaryDirectory(), "HOME": "/root",
    ]

    @Test func aGPUIsOpenedOnlyToThoseThatMayUseIt() {
        let none = ConfinementPolicy(readable: ["/srv/plugins"], writable: ["/srv/staging"])
        let gpu = GPUPaths(environment: environment, deviceFiles: ["null", "nvidia0", "nvidiactl", "nvidia-uvm"])
        let policy = ConfinementPolicy(readable: ["/srv/plugins"], writable: ["/srv/staging"], gpu: gpu)
        #expect(
            Set(policy.devices).subtracting(none.devices) == ["/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"])
        #expect(Set(policy.writable).subtracting(none.writable) == [NSTemporaryDirectory()])
        let readable = Set(policy.readable).subtracting(none.readable)
        #expect(readable.isSuperset(of: ["/opt/cuda", "/proc/driver/nvidia"]) && !readable.contains("/"))
        #expect(!(none.readable + none.devices).contains { $0.hasPrefix("/dev/nvidia") || $0 == "/opt/cuda" })
    }

    @Test func withoutACardOnlyTheLibrariesAreOpened() {
        let none = ConfinementPolicy(readable: [], writable: [])
        let policy = ConfinementPolicy(
            readable: [], writable: [], gpu: GPUPaths(environment: environment, deviceFiles: ["null", "tty"]))
        #expect(Set(policy.readable).subtracting(none.readable) == ["/opt/cuda"])
        #expect(policy.devices == none.devices && policy.writable == none.writable)
    }

    @Test func aWorkerIsToldWhereLibrariesAndCachesAre() {
        let told = WorkerProgram.environment(of: environment)
        #expect(told["LUNGTRIAGE_CUDA_PATH"] == "/opt/cuda:relative:/" && told["CUDA_CACHE_PATH"] != nil)
        #expect(told["HOME"] == nil)
    }
}
