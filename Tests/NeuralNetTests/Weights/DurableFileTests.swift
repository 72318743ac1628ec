import Foundation
import NeuralNet
import Platform
import Testing

#if canImport(Glibc)
    import Glibc
#endif

extension WeightsTests {
    /// Every system call of a durable write made to fail, through the seam that the writer offers.
    @Suite struct DurableFileTests {
        private static func writer() throws -> SafetensorsWriter {
            var writer = SafetensorsWriter()
            try writer.add("w", shape: [1000], floats: (0..<1000).map { Float($0) })
            return writer
        }

        /// Writes over an old file with `calls`, expects `cause`, the old content and nothing else in the folder.
        private func expectFailure(
            _ cause: String, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout FileSystemCalls) -> Void
        ) throws {
            var calls = FileSystemCalls.system
            change(&calls)
            try withTemporaryFolder { folder in
                let url = folder.appending(path: "model.safetensors")
                try Data("old".utf8).write(to: url)
                expectError(.fileAccess, "model.safetensors", cause, sourceLocation: sourceLocation) {
                    try DurableFileTests.writer().write(to: url.path, calls: calls)
                }
                #expect(try String(contentsOf: url, encoding: .utf8) == "old", sourceLocation: sourceLocation)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.safetensors"],
                    sourceLocation: sourceLocation)
            }
        }

        @Test func aFullDiskLeavesTheOldFileAndNothingElse() throws {
            try expectFailure("No space left on device") {
                $0.writeBytes = { _, _, _ in fail(ENOSPC) }
            }
            // Full in the middle: the first call takes some bytes.
            let calls = Counter()
            try expectFailure("No space left on device") {
                $0.writeBytes = { descriptor, bytes, count in
                    calls.next() > 1 ? fail(ENOSPC) : write(descriptor, bytes, min(count, 100))
                }
            }
        }

        @Test func everyOtherFailingCallIsTypedToo() throws {
            try expectFailure("Read-only file system") { $0.openFile = { _, _, _ in fail(EROFS) } }
            try expectFailure("nothing was accepted") { $0.writeBytes = { _, _, _ in 0 } }
            try expectFailure("Input/output error") { $0.synchronise = { _ in fail(EIO) } }
            try expectFailure("Disk quota exceeded") {
                $0.closeFile = {
                    close($0)
                    return fail(EDQUOT)
                }
            }
            try expectFailure("Operation not permitted") { $0.renameFile = { _, _ in fail(EPERM) } }
        }

        @Test func interruptionsAndShortWritesAreContinued() throws {
            let counter = Counter()
            var calls = FileSystemCalls.system
            calls.writeBytes = { descriptor, bytes, count in
                counter.next() % 2 == 1 ? fail(EINTR) : write(descriptor, bytes, min(count, 7))
            }
            calls.synchronise = { counter.next() % 2 == 1 ? fail(EINTR) : fsync($0) }
            try withTemporaryFolder { folder in
                let path = folder.appending(path: "model.safetensors").path
                try DurableFileTests.writer().write(to: path, calls: calls)
                #expect(try SafetensorsFile(path: path).floats("w") == (0..<1000).map { Float($0) })
            }
            #expect(counter.next() > 1000)
        }

        /// fsync of the file before the rename, of the folder after it.
        @Test func theOrderOfCallsIsDurable() throws {
            let log = Log()
            var calls = FileSystemCalls.system
            calls.openFile = {
                log.add($1 & O_DIRECTORY != 0 ? "open folder" : "create")
                return open($0, $1, $2)
            }
            calls.synchronise = {
                log.add("fsync")
                return fsync($0)
            }
            calls.closeFile = {
                log.add("close")
                return close($0)
            }
            calls.renameFile = {
                log.add("rename")
                return rename($0, $1)
            }
            try withTemporaryFolder { folder in
                try DurableFileTests.writer().write(to: folder.appending(path: "m").path, calls: calls)
            }
            #expect(log.entries == ["create", "fsync", "close", "rename", "open folder", "fsync", "close"])
        }

        @Test func aFolderThatCannotBeMadeDurableIsReported() throws {
            for (code, isReported) in [(EIO, true), (EINVAL, false)] {
                let counter = Counter()
                var calls = FileSystemCalls.system
                calls.synchronise = { counter.next() > 1 ? fail(code) : fsync($0) }
                try withTemporaryFolder { folder in
                    let path = folder.appending(path: "m").path
                    let writer = try DurableFileTests.writer()
                    if isReported {
                        expectError(.fileAccess, "folder", "Input/output error") {
                            try writer.write(to: path, calls: calls)
                        }
                    } else {
                        try writer.write(to: path, calls: calls)
                    }
                    #expect(try SafetensorsFile(path: path).names == ["w"])
                }
            }
        }

        @Test func placesThatCannotBeWrittenAreTyped() throws {
            let writer = try DurableFileTests.writer()
            try withTemporaryFolder { folder in
                expectError(.fileAccess, "No such file") {
                    try writer.write(to: folder.appending(path: "missing/model").path)
                }
                expectError(.fileAccess, "Is a directory") { try writer.write(to: folder.path) }
                expectError(.fileAccess, "NUL") { try writer.write(to: folder.path + "/a\0b") }
                expectError(.fileAccess, "empty") { try writer.write(to: "") }
                expectError(.fileAccess, "File name too long") {
                    try writer.write(to: folder.path + "/" + String(repeating: "n", count: 256))
                }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left == [])
                let longest = folder.path + "/" + String(repeating: "n", count: 255)
                try writer.write(to: longest)
                #expect(try SafetensorsFile(path: longest).names == ["w"])
            }
        }
    }
}

/// Sets `errno` and returns what a failing call returns.
private func fail<Value: SignedInteger>(_ code: Int32) -> Value {
    errno = code
    return -1
}

/// Counts from 1; the closures that share it run on one thread, the lock satisfies the compiler honestly.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0

    func next() -> Int {
        lock.withLock {
            value += 1
            return value
        }
    }
}

private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    var entries: [String] { lock.withLock { lines } }

    func add(_ line: String) { lock.withLock { lines.append(line) } }
}
