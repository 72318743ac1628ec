#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file under construction: a temporary file beside the destination, invisible under the final name until
/// `commit()` has made its content durable.
package struct DurableFile: ~Copyable {
    private let path: String
    private let folder: String
    private let temporaryPath: String
    private let calls: FileSystemCalls
    private var descriptor: Int32

    /// Writes what `body` appends to `path`, replacing a file of that name in one step (open(2) exclusive, write(2),
    /// fsync(2), rename(2), fsync(2) of the folder).
    ///
    /// Throws `SystemCallError` when any of them fails, or what `body` throws; then the destination is
    /// as it was and no temporary file is left. One exception: when only the folder's fsync fails, the new file is in
    /// place, but a power failure may bring the old one back. A symbolic link at `path` is replaced, not followed.
    package static func write(
        to path: String, calls: FileSystemCalls = .system, _ body: (borrowing DurableFile) throws -> Void
    ) throws {
        var file = try DurableFile(path: path, calls: calls)
        do {
            try body(file)
            try file.commit()
        } catch {
            file.discard()
            throw error
        }
        try synchroniseFolder(file.folder, calls: calls)
    }

    private init(path: String, calls: FileSystemCalls) throws {
        try requireUsablePath(path)
        // By scalars: a combining mark after the slash would hide it from a search by characters.
        let folder = path.unicodeScalars.lastIndex(of: "/").map { String(path.unicodeScalars[...$0]) } ?? "./"
        // The name does not grow with the destination's, which may already be as long as the file system allows.
        // Sixty-four random bits do not collide; an attacker's file at that name makes the exclusive open fail.
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let temporaryPath = folder + ".lungtriage-" + random + ".tmp"
        let descriptor = retryingInterrupted {
            calls.openFile(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        }
        guard descriptor >= 0 else {
            throw SystemCallError("A file cannot be created in its folder.", code: errno)
        }
        self.path = path
        self.folder = folder
        self.temporaryPath = temporaryPath
        self.calls = calls
        self.descriptor = descriptor
    }

    /// Appends all of `bytes`, however few the kernel takes at a time.
    package borrowing func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let written = retryingInterrupted { calls.writeBytes(descriptor, base + done, bytes.count - done) }
            guard written >= 0 else {
                throw SystemCallError("The file cannot be written.", code: errno)
            }
            guard written > 0 else { throw SystemCallError("The file cannot be written: nothing was accepted.") }
            done += written
        }
    }

    private mutating func commit() throws {
        guard retryingInterrupted({ calls.synchronise(descriptor) }) == 0 else {
            throw SystemCallError("The file's content cannot be made durable.", code: errno)
        }
        // Linux releases the descriptor even when close fails, so it is never closed twice.
        let closing = descriptor
        descriptor = -1
        guard calls.closeFile(closing) == 0 || errno == EINTR else {
            throw SystemCallError("The file cannot be closed.", code: errno)
        }
        guard retryingInterrupted({ calls.renameFile(temporaryPath, path) }) == 0 else {
            throw SystemCallError("The finished file cannot take its name.", code: errno)
        }
    }

    private mutating func discard() {
        if descriptor >= 0 { _ = calls.closeFile(descriptor) }
        descriptor = -1
        _ = calls.removeFile(temporaryPath)
    }
}
