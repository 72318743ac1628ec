import CUDATestSupport
import Foundation
import NeuralNetCUDA
import Testing

@Suite("Finding CUDA's libraries and a device")
struct LibraryTests {
    private func state(_ prepare: (StandInLibraries) throws -> Void) throws -> CUDAUnavailable? {
        let libraries = try StandInLibraries()
        try prepare(libraries)
        defer {
            #expect(libraries.violations == "")
            #expect(libraries.leaks == 0)
        }
        do throws(CUDAUnavailable) {
            _ = try CUDABackend(libraries.options())
            return nil
        } catch {
            return error
        }
    }

    @Test func everythingThere() throws { #expect(try state { _ in } == nil) }

    @Test func describesTheDevice() throws {
        let libraries = try StandInLibraries()
        let device = try #require(try CUDADevice.all(in: libraries.folders).first)
        #expect(device.name == "Stand-in")
        #expect(device.capability == ComputeCapability(major: 9, minor: 0))
        #expect(device.driverVersion == 13000)
        #expect(device.memoryBytes == 4 << 30)
        #expect(device.obstacle == nil)
    }

    @Test func noDevice() throws {
        #expect(try state { $0.set("no device") } == .noDevice)
        #expect(try state { $0.fail("cuInit", result: 100) } == .noDevice)
    }

    @Test func driverTooOld() throws {
        #expect(
            try state { $0.set("driver version", 11080) } == .driverTooOld(found: 11080, needed: 12000))
        // The stand-in's libraries are CUDA 13's; a driver of CUDA 12 cannot serve them.
        #expect(
            try state { $0.set("driver version", 12040) } == .driverTooOld(found: 12040, needed: 13000))
    }

    @Test func stubDriver() throws {
        let found = try state { $0.fail("cuInit", result: 34) }
        #expect(found?.code == "notInstalled")
    }

    @Test func busyDevice() throws {
        #expect(try state { $0.fail("cuDevicePrimaryCtxRetain", result: 46) }?.code == "deviceBusy")
        #expect(try state { $0.set("compute mode", 2) }?.code == "deviceBusy")
        // Others hold its memory.
        #expect(try state { $0.set("device megabytes", 8) }?.code == "deviceBusy")
    }

    @Test func brokenDevice() throws {
        #expect(try state { $0.fail("cuInit", result: 999) }?.code == "deviceBroken")
        #expect(try state { $0.fail("cuStreamCreate", result: 214) }?.code == "deviceBroken")
    }

    @Test func oldDevice() throws {
        let found = try state { $0.set("capability major", 6) }
        #expect(
            found == .deviceTooOld(name: "Stand-in", capability: ComputeCapability(major: 6, minor: 0)))
    }

    @Test func deviceThatIsNotThere() throws {
        let libraries = try StandInLibraries()
        var options = libraries.options()
        options.device = 3
        #expect(throws: CUDAUnavailable.noSuchDevice(index: 3, count: 1)) { try CUDABackend(options) }
    }

    @Test(
        "A library that is missing is named",
        .enabled(if: (try? CUDALibraries.isAnyInstalled()) == false, "NVIDIA's own would be found instead"),
        arguments: [
            ("libnvrtc.so.13", "NVRTC"), ("libcublasLt.so.13", "cuBLASLt"), ("libcudnn.so.9", "cuDNN 9"),
        ])
    func missingLibrary(file: String, name: String) throws {
        let found = try state { try FileManager.default.removeItem(atPath: "\($0.folder)/\(file)") }
        guard case .libraryMissing(let missing, let searched) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(missing == name)
        #expect(searched.contains(file))
    }

    @Test func damagedLibrary() throws {
        let found = try state {
            try Data("not a library".utf8).write(to: URL(fileURLWithPath: "\($0.folder)/libcudnn.so.9"))
        }
        #expect(found?.code == "libraryUnusable")
    }

    /// A cuDNN in another one's place loads but lacks its functions.
    @Test func wrongLibrary() throws {
        let found = try state {
            try FileManager.default.removeItem(atPath: "\($0.folder)/libcudnn.so.9")
            try FileManager.default.copyItem(
                atPath: "\($0.folder)/libnvrtc.so.13", toPath: "\($0.folder)/libcudnn.so.9")
        }
        guard case .libraryUnusable(_, let detail) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(detail.contains("cudnnGetVersion"))
    }

    @Test func cudnnThatDoesNotStart() throws {
        #expect(try state { $0.fail("cudnnCreate", result: 1001) }?.code == "libraryUnusable")
    }

    @Test("The wheels' folders, a toolkit's and plain ones are found", arguments: ["", "lib64", "nvidia/cu13/lib"])
    func layouts(subfolder: String) throws {
        let libraries = try StandInLibraries()
        let root = libraries.folder + "/root"
        let target = "\(root)/\(subfolder)"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: libraries.folder + "/libnvrtc.so.13", toPath: target + "/libnvrtc.so.13")
        let found = try NVRTC.open(major: 13, in: LibraryFolders(["/nowhere", root]))
        #expect(found?.path.hasPrefix(root) == true)
    }

    @Test func environmentNamesFolders() {
        #expect(LibraryFolders.fromEnvironment(["LUNGTRIAGE_CUDA_PATH": "/a:/b"]).configured == ["/a", "/b"])
        #expect(LibraryFolders.fromEnvironment([:]).configured.isEmpty)
    }
}

extension CUDALibraries {
    /// Whether the system, or what the environment names, has one of the libraries.
    fileprivate static func isAnyInstalled() throws -> Bool {
        let folders = LibraryFolders.fromEnvironment()
        return try NVRTC.open(major: 13, in: folders) != nil || CublasLt.open(major: 13, in: folders) != nil
            || Cudnn.open(in: folders) != nil
    }
}
