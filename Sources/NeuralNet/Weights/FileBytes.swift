import Platform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

#if _endian(big)
    #error("Weight files are little-endian and are read without swapping bytes.")
#endif

/// How a file's bytes come into the process.
public enum FileLoading: Hashable, Sendable {
    /// Memory-mapped: opening costs nothing, pages are read when touched, and processes share them. Whoever can
    /// shorten the file in place while it is mapped can end the process with SIGBUS, so use it for files that are
    /// verified and only ever replaced by rename, as the product's model folders are.
    case mapped
    /// Read into memory before anything is looked at; for files in places that others write to.
    case copied
}

/// The largest file that is opened unless the caller says otherwise: 4 GiB.
///
/// The networks of this engine need 124 MB; a sparse file that claims a terabyte is refused before memory is asked for.
public let defaultMaximumFileBytes = 1 << 32

/// The bytes of one file, read-only, mapped or copied; unmapped when the last reference goes.
///
/// `@unchecked Sendable`: the region is written once, before `init` returns, and never again by this process.
final class FileBytes: @unchecked Sendable {
    let count: Int
    private let base: UnsafeMutableRawPointer?

    /// Opens `path` (open(2), fstat(2), mmap(2) or read(2)).
    ///
    /// Throws `fileAccess` for a file that is missing, unreadable or not a regular file, `outOfMemory` for one larger
    /// than `maximumBytes` or than the memory there is, `malformedFile` for one that shrinks while it is copied.
    init(path: String, loading: FileLoading, maximumBytes: Int, operation: String) throws {
        do { try requireUsablePath(path) } catch { throw NeuralNetError(error, operation: operation) }
        // O_NONBLOCK: opening a pipe must not wait for a writer. It changes nothing for regular files.
        let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            throw NeuralNetError.fileAccess(operation, "The file cannot be opened.", errno)
        }
        defer { close(descriptor) }
        count = try FileBytes.regularFileSize(descriptor, maximumBytes: maximumBytes, operation: operation)
        guard count > 0 else {
            base = nil
            return
        }
        switch loading {
        case .mapped:
            let region = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
            guard let region, region != MAP_FAILED else {
                throw NeuralNetError.fileAccess(operation, "The file cannot be mapped into memory.", errno)
            }
            base = region
        case .copied:
            let region = try FileBytes.anonymousRegion(count, operation: operation)
            do {
                try FileBytes.readAll(descriptor, into: region, count: count, operation: operation)
            } catch {
                munmap(region, count)
                throw error
            }
            base = region
        }
    }

    /// A copy of `bytes`; throws `outOfMemory`.
    init(_ bytes: [UInt8], operation: String) throws {
        count = bytes.count
        guard count > 0 else {
            base = nil
            return
        }
        let region = try FileBytes.anonymousRegion(count, operation: operation)
        bytes.withUnsafeBytes { region.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        base = region
    }

    deinit {
        if let base { munmap(base, count) }
    }

    /// Calls `body` with the bytes of `range`, which must lie within the file; they are invalid afterwards.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a validated range lies within the file")
        return try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(start: base, count: count)[range]))
        }
    }

    /// A copy of the bytes of `range`, so that what was validated cannot change under the caller.
    func array(_ range: Range<Int>) -> [UInt8] {
        withBytes(range) { Array($0) }
    }

    private static func regularFileSize(_ descriptor: Int32, maximumBytes: Int, operation: String) throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw NeuralNetError.fileAccess(operation, "The file's size cannot be read.", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
            throw NeuralNetError(.fileAccess, operation: operation, message: "Expected a file, but this is \(kind).")
        }
        guard status.st_size <= maximumBytes else {
            throw NeuralNetError(
                .outOfMemory, operation: operation,
                message: "The file has \(status.st_size) bytes; at most \(maximumBytes) are allowed.")
        }
        return Int(status.st_size)
    }

    /// Memory that is asked for without trapping when there is none.
    private static func anonymousRegion(_ count: Int, operation: String) throws -> UnsafeMutableRawPointer {
        let region = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let region, region != MAP_FAILED else {
            throw NeuralNetError(
                .outOfMemory, operation: operation, message: "There is no memory for \(count) bytes.",
                cause: errnoText(errno))
        }
        return region
    }

    private static func readAll(
        _ descriptor: Int32, into region: UnsafeMutableRawPointer, count: Int, operation: String
    ) throws {
        var done = 0
        while done < count {
            let got = retryingInterrupted { read(descriptor, region + done, count - done) }
            guard got >= 0 else {
                throw NeuralNetError.fileAccess(operation, "The file cannot be read.", errno)
            }
            guard got > 0 else {
                throw NeuralNetError(
                    .malformedFile, operation: operation,
                    message: "The file ended after \(done) bytes while it was read; it had \(count) when it was opened."
                )
            }
            done += got
        }
    }
}

/// Throws `outOfMemory` when `byteCount` bytes cannot be reserved now; Swift's arrays would trap instead.
///
/// Small requests pass unasked. The memory is given back at once, so a race with other threads remains.
func requireMemory(_ byteCount: Int, operation: String) throws {
    guard byteCount > 1 << 24 else { return }
    let region = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let region, region != MAP_FAILED else {
        throw NeuralNetError(
            .outOfMemory, operation: operation, message: "There is no memory for \(byteCount) bytes.",
            cause: errnoText(errno))
    }
    munmap(region, byteCount)
}

extension NeuralNetError {
    /// A `fileAccess` error whose cause is the text of `code`, an `errno` value.
    static func fileAccess(_ operation: String, _ message: String, _ code: Int32) -> NeuralNetError {
        NeuralNetError(.fileAccess, operation: operation, message: message, cause: errnoText(code))
    }
    /// A failed system call, as a `fileAccess` error of `operation`.
    init(_ error: SystemCallError, operation: String) {
        self.init(.fileAccess, operation: operation, message: error.message, cause: error.cause)
    }
}

/// `DurableFile.write` whose failed system calls are errors of `operation`.
func writeDurably(
    to path: String, operation: String, calls: FileSystemCalls, _ body: (borrowing DurableFile) throws -> Void
) throws {
    do {
        try DurableFile.write(to: path, calls: calls, body)
    } catch let error as SystemCallError {
        throw NeuralNetError(error, operation: operation)
    }
}
