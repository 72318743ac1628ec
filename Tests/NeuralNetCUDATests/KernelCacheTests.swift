import CUDATestSupport
import Foundation
import NeuralNetCUDA
import Testing

@Suite("Compiled kernels and their cache")
struct KernelCacheTests {
    private func start(_ libraries: StandInLibraries) throws { _ = try CUDABackend(libraries.options()) }

    private func files(_ libraries: StandInLibraries) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: libraries.cacheFolder).sorted()
    }

    @Test func secondStartCompilesNothing() throws {
        let libraries = try StandInLibraries()
        try start(libraries)
        let compiled = libraries.calls("nvrtcCompileProgram")
        #expect(compiled == KernelSources.all.count)
        #expect(try files(libraries).count == compiled)
        try start(libraries)
        #expect(libraries.calls("nvrtcCompileProgram") == compiled)
    }

    @Test func anotherCompilerOrDeviceCompilesAgain() throws {
        let libraries = try StandInLibraries()
        try start(libraries)
        libraries.set("nvrtc minor", 1)
        try start(libraries)
        #expect(libraries.calls("nvrtcCompileProgram") == 2 * KernelSources.all.count)
        libraries.set("capability major", 10)
        try start(libraries)
        #expect(libraries.calls("nvrtcCompileProgram") == 3 * KernelSources.all.count)
    }

    @Test("A damaged file is replaced", arguments: [0, 10, 64, 70])
    func damagedFile(length: Int) throws {
        let libraries = try StandInLibraries()
        try start(libraries)
        let path = libraries.cacheFolder + "/" + (try #require(try files(libraries).first))
        let whole = try #require(FileManager.default.contents(atPath: path))
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        try start(libraries)
        #expect(libraries.calls("nvrtcCompileProgram") == KernelSources.all.count + 1)
        #expect(FileManager.default.contents(atPath: path) == whole)
    }

    @Test func folderThatCannotBeWritten() throws {
        let libraries = try StandInLibraries()
        var options = libraries.options()
        options.cacheFolder = "/proc/lungtriage"
        _ = try CUDABackend(options)
        #expect(libraries.calls("nvrtcCompileProgram") == KernelSources.all.count)
    }

    @Test func manyWritersAndReaders() async throws {
        let libraries = try StandInLibraries()
        let cache = KernelCache(folder: libraries.cacheFolder)
        let key = try #require(KernelCache.key(["a", "b"]))
        let code = [UInt8](repeating: 7, count: 100_000)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    if number % 2 == 0 { cache.keep(code, key) }
                    let found = cache.code(key)
                    return found == nil || found == code
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
        #expect(cache.code(key) == code)
        #expect(try files(libraries) == ["\(key).cubin"])
    }

    @Test func keysTellTextsApart() {
        #expect(KernelCache.key(["ab", "c"]) != KernelCache.key(["a", "bc"]))
    }

    @Test func sourceThatDoesNotCompile() throws {
        let libraries = try StandInLibraries()
        libraries.fail("nvrtcCompileProgram", result: 6)
        do throws(CUDAUnavailable) {
            _ = try CUDABackend(libraries.options())
            Issue.record("It started.")
        } catch {
            #expect(error.code == "libraryUnusable")
            #expect(error.description.contains("as the test wanted"))
        }
        #expect(libraries.leaks == 0)
    }
}
