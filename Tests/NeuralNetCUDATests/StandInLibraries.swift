import CUDAEmulator
import Foundation
import NeuralNet
import NeuralNetCUDA
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Stand-ins of CUDA's libraries, compiled from `StandIn/*.c`, in a folder of their own: each instance has its own state.
///
/// They compute on the host and check every call. They prove arguments, lifetimes, layouts and the order of arithmetic; not
/// speed, and not what NVIDIA's libraries accept.
final class StandInLibraries: @unchecked Sendable {
    private let temporary: TemporaryFolder
    private let driver: UnsafeMutableRawPointer

    init() throws {
        temporary = try TemporaryFolder()
        let built = try StandInLibraries.built.get()
        for name in try FileManager.default.contentsOfDirectory(atPath: built.url.path) {
            try FileManager.default.copyItem(atPath: built.path(name), toPath: temporary.path(name))
        }
        guard let driver = dlopen(temporary.path("libcuda.so.1"), RTLD_NOW | RTLD_LOCAL) else {
            throw Failure(text: String(cString: dlerror()))
        }
        self.driver = driver
        var emulator = Emulator(run: cuda_emulator_run, error: cuda_emulator_error, bytes: cuda_emulator_argument_bytes)
        function("standin_set_emulator", (@convention(c) (UnsafeRawPointer) -> Void).self)(&emulator)
    }

    /// As `standin_emulator`.
    private struct Emulator {
        let run:
            @convention(c) (
                UnsafePointer<CChar>?, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, Int, UnsafeRawPointer?
            ) -> Int32
        let error: @convention(c) () -> UnsafePointer<CChar>?
        let bytes: @convention(c) (UnsafePointer<CChar>?) -> Int
    }

    var folder: String { temporary.url.path }
    var folders: LibraryFolders { LibraryFolders([folder]) }
    var cacheFolder: String { temporary.path("cache") }

    func options(_ element: ElementType = .float32) -> CUDAOptions {
        CUDAOptions(element: element, folders: folders, cacheFolder: cacheFolder)
    }

    // MARK: - What tests want to happen, and what happened

    func set(_ name: String, _ value: Int = 1) {
        typealias Function = @convention(c) (UnsafePointer<CChar>, Int32) -> Void
        function("standin_set", Function.self)(name, Int32(value))
    }

    /// The nth call from now on of a library's function gives this result and does nothing.
    func fail(_ name: String, call: Int = 1, result: Int) {
        typealias Function = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Void
        function("standin_fail", Function.self)(name, Int32(call), Int32(result))
    }

    func calls(_ name: String) -> Int {
        typealias Function = @convention(c) (UnsafePointer<CChar>) -> Int32
        return Int(function("standin_counter", Function.self)(name))
    }

    /// Every rule of an interface that was broken, a line each.
    var violations: String {
        typealias Function = @convention(c) () -> UnsafePointer<CChar>
        return String(cString: function("standin_violations", Function.self)())
    }

    /// Blocks of memory, device and pinned, and other objects that nobody has given back.
    var leaks: Int {
        typealias Function = @convention(c) () -> Int32
        return Int(function("standin_live_blocks", Function.self)() + function("standin_live_handles", Function.self)())
    }

    private func function<Function>(_ name: String, _ type: Function.Type) -> Function {
        unsafeBitCast(dlsym(driver, name), to: type)
    }

    // MARK: - Compilation

    struct Failure: Error {
        let text: String
    }

    // Never written after it was made, and removed with the process's temporary files.
    nonisolated(unsafe) private static let built = Result { try build() }

    private static func build() throws -> TemporaryFolder {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let sources = tests.appendingPathComponent("StandIn")
        let headers = tests.appendingPathComponent("../../Sources/CCUDA").standardizedFileURL
        let folder = try TemporaryFolder()
        let libraries: [(String, [String])] = [
            ("libcuda.so.1", ["driver.c", "driver_memory.c", "driver_state.c", "kernels.c", "numbers.c"]),
            ("libnvrtc.so.13", ["nvrtc.c", "shared.c"]),
            ("libcublasLt.so.13", ["cublaslt.c", "shared.c", "numbers.c"]),
            ("libcudnn.so.9", ["cudnn.c", "shared.c", "numbers.c"]),
        ]
        for (library, files) in libraries {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            let paths = files.map { sources.appendingPathComponent($0).path }
            process.arguments =
                [
                    "clang", "-shared", "-fPIC", "-O1", "-std=gnu11", "-fvisibility=hidden", "-Wall", "-Wextra",
                    "-Werror",
                    "-I", headers.path, "-o", folder.path(library),
                ] + paths + ["-ldl", "-lpthread"]
            let pipe = Pipe()
            process.standardError = pipe
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Failure(text: String(decoding: output, as: UTF8.self)) }
        }
        return folder
    }
}
