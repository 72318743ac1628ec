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

    /// A folder with stand-ins for another process, which runs kernels by itself: the emulator lies beside them.
    /// `script`: what is to happen there, a line each, `set VALUE NAME` or `fail NTH RESULT FUNCTION`.
    public static func folderForOthers(_ script: String = "") throws -> TemporaryFolder {
        let (built, folder) = (try complete.get(), try TemporaryFolder())
        for name in try FileManager.default.contentsOfDirectory(atPath: built.url.path) {
            try FileManager.default.copyItem(atPath: built.path(name), toPath: folder.path(name))
        }
        try Data(script.utf8).write(to: folder.url.appending(path: "script"))
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

    public struct Failure: Error, CustomStringConvertible {
        public let text: String
        public var description: String { text }
    }

    // Never written after it was made, and removed with the process's temporary files.
    nonisolated(unsafe) private static let built = Result { try build() }
    nonisolated(unsafe) fileprivate static let complete = Result { try build(["--emulator"]) }

    private static func build(_ options: [String] = []) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        // Where there is no compiler, somebody has compiled them already.
        let prepared = URL(filePath: "\(TestFolder.path)/CUDATestSupport/built")
        if FileManager.default.fileExists(atPath: prepared.path) {
            for name in try FileManager.default.contentsOfDirectory(atPath: prepared.path) {
                try FileManager.default.copyItem(
                    at: prepared.appending(path: name), to: folder.url.appending(path: name))
            }
            return folder
        }
        let script = URL(filePath: "\(TestFolder.path)/CUDATestSupport/build-stand-ins")
        let process = Process()
        process.executableURL = script
        process.arguments = [folder.url.path] + options
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(text: String(decoding: output, as: UTF8.self)) }
        return folder
    }
}

/// Stand-ins for another program, which gets them by its environment: with the emulator beside them, and a report of what
/// happened when the program ends.
package struct StandInEnvironment {
    private let temporary: TemporaryFolder

    package init() throws {
        temporary = try TemporaryFolder()
        _ = try StandInLibraries.complete.get()
    }

    package var variables: [String: String] {
        get throws {
            [
                "LUNGTRIAGE_CUDA_PATH": try StandInLibraries.complete.get().url.path,
                "LUNGTRIAGE_STANDIN_REPORT": temporary.path("report"), "XDG_CACHE_HOME": temporary.path("cache"),
            ]
        }
    }

    /// How often the last program called a function.
    package func calls(_ name: String) throws -> Int {
        let line = try report.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// Every rule of an interface that the last program broke, a line each.
    package var violations: String {
        get throws { String(try report.split(separator: "violations:\n", omittingEmptySubsequences: false)[1]) }
    }

    private var report: String {
        get throws { try String(contentsOf: temporary.url.appending(path: "report"), encoding: .utf8) }
    }
}
