import CUDAEmulator
import CUDARuntime
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
public final class StandInLibraries: @unchecked Sendable {
    private let temporary: TemporaryFolder
    private let driver: UnsafeMutableRawPointer

    public init() throws {
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

    /// A folder with stand-ins for another process, which runs kernels by itself: the emulator lies beside them, linked from
    /// what the build left of it. `script`: what is to happen there, a line each, `set VALUE NAME` or
    /// `fail NTH RESULT FUNCTION`.
    public static func folderForOthers(_ script: String = "") throws -> TemporaryFolder {
        let (built, folder) = (try built.get(), try TemporaryFolder())
        for name in try FileManager.default.contentsOfDirectory(atPath: built.url.path) {
            try FileManager.default.copyItem(atPath: built.path(name), toPath: folder.path(name))
        }
        try Data(script.utf8).write(to: folder.url.appending(path: "script"))
        let objects = try BuildProducts.folder(holding: "CUDAEmulator.build").appending(path: "CUDAEmulator.build")
        let files = (FileManager.default.enumerator(atPath: objects.path)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".o") }.sorted()
        try run(
            ["clang++", "-shared", "-o", folder.path("libcudaemulator.so")]
                + files.map { objects.appending(path: $0).path })
        return folder
    }

    public var folder: String { temporary.url.path }
    public var folders: LibraryFolders { LibraryFolders([folder]) }
    public var cacheFolder: String { temporary.path("cache") }

    public func options(_ element: ElementType = .float32) -> CUDAOptions {
        CUDAOptions(element: element, folders: folders, cacheFolder: cacheFolder)
    }

    // MARK: - What tests want to happen, and what happened

    public func set(_ name: String, _ value: Int = 1) {
        typealias Function = @convention(c) (UnsafePointer<CChar>, Int32) -> Void
        function("standin_set", Function.self)(name, Int32(value))
    }

    /// The nth call from now on of a library's function gives this result and does nothing.
    public func fail(_ name: String, call: Int = 1, result: Int) {
        typealias Function = @convention(c) (UnsafePointer<CChar>, Int32, Int32) -> Void
        function("standin_fail", Function.self)(name, Int32(call), Int32(result))
    }

    public func calls(_ name: String) -> Int {
        typealias Function = @convention(c) (UnsafePointer<CChar>) -> Int32
        return Int(function("standin_counter", Function.self)(name))
    }

    /// What streams were given and what the host waited for, in the order of calls: a stream's number, counted from 1 as they
    /// were made, and a kernel's name, `graph`, `to device`, `to host`, `hold` or `wait`. Needs the setting `journal`.
    public var journal: [(stream: Int, what: String)] {
        typealias Function = @convention(c) () -> UnsafePointer<CChar>
        return String(cString: function("standin_journal_text", Function.self)()).split(separator: "\n").compactMap {
            let parts = $0.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let stream = Int(parts[0]) else { return nil }
            return (stream, String(parts[1]))
        }
    }

    /// Every rule of an interface that was broken, a line each.
    public var violations: String {
        typealias Function = @convention(c) () -> UnsafePointer<CChar>
        return String(cString: function("standin_violations", Function.self)())
    }

    /// Blocks of memory, device and pinned, and other objects that nobody has given back.
    public var leaks: Int {
        typealias Function = @convention(c) () -> Int32
        return Int(function("standin_live_blocks", Function.self)() + function("standin_live_handles", Function.self)())
    }

    private func function<Function>(_ name: String, _ type: Function.Type) -> Function {
        unsafeBitCast(dlsym(driver, name), to: type)
    }

    // MARK: - Compilation

    public struct Failure: Error {
        public let text: String
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
            let paths = files.map { sources.appendingPathComponent($0).path }
            try run(
                [
                    "clang", "-shared", "-fPIC", "-O1", "-std=gnu11", "-fvisibility=hidden", "-Wall", "-Wextra",
                    "-Werror",
                    "-I", headers.path, "-o", folder.path(library),
                ] + paths + ["-ldl", "-lpthread"])
        }
        return folder
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(text: String(decoding: output, as: UTF8.self)) }
    }
}
