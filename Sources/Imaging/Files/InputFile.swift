import Platform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A regular file opened for reading. It is read, not mapped: files in a shared folder may be shortened while they are
/// read, which must be an error and not the end of the process.
///
/// `Sendable`: the descriptor never changes, and pread(2) keeps no position.
final class InputFile: Sendable {
    /// The file's name without its folder, for messages.
    let name: String
    /// Bytes the file had when it was opened.
    let size: Int
    private let descriptor: Int32

    /// Opens a file (open(2) or fcntl(2), fstat(2)). Throws `fileAccess` for one that is missing, unreadable or not a
    /// regular file, `tooLarge` for one of more than `maximumBytes`.
    init(_ source: FileSource, maximumBytes: Int) throws(ImagingError) {
        let name = source.name
        let descriptor: Int32
        switch source {
        case .path(let path):
            do { try requireUsablePath(path) } catch { throw ImagingError(error, subject: name) }
            // O_NONBLOCK: opening a pipe must not wait for a writer. It changes nothing for regular files.
            descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        case .descriptor(let given, _): descriptor = fcntl(given, F_DUPFD_CLOEXEC, 0)
        }
        guard descriptor >= 0 else {
            throw ImagingError(
                .fileAccess, subject: name, message: "The file cannot be opened.", cause: errnoText(errno))
        }
        do {
            size = try InputFile.regularFileSize(descriptor, name: name, maximumBytes: maximumBytes)
        } catch {
            close(descriptor)
            throw error
        }
        self.name = name
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func regularFileSize(
        _ descriptor: Int32, name: String, maximumBytes: Int
    ) throws(ImagingError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ImagingError(
                .fileAccess, subject: name, message: "The file's size cannot be read.", cause: errnoText(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
            throw ImagingError(.fileAccess, subject: name, message: "Expected a file, but this is \(kind).")
        }
        guard status.st_size <= maximumBytes else {
            throw ImagingError(
                .tooLarge, subject: name,
                message: "The file has \(status.st_size) bytes; at most \(maximumBytes) are allowed.")
        }
        return Int(status.st_size)
    }

    /// Fills `buffer` with the bytes from `offset` on. Throws `truncated` when the file ends before, `fileAccess` when
    /// it cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ImagingError) {
        guard let base = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let got = retryingInterrupted { pread(descriptor, base + done, buffer.count - done, off_t(offset + done)) }
            guard got >= 0 else {
                throw ImagingError(
                    .fileAccess, subject: name, message: "The file cannot be read.", cause: errnoText(errno))
            }
            guard got > 0 else {
                throw ImagingError(
                    .truncated, subject: name,
                    message: "The file ends after \(offset + done) bytes; expected at least \(offset + buffer.count).")
            }
            done += got
        }
    }

    /// Fills `buffer` from the start of the file, pieces in parallel. Throws as `read(into:at:)`.
    func readAll(into buffer: UnsafeMutableRawBufferPointer) throws(ImagingError) {
        let length = 1 << 22
        let results: [Result<Void, ImagingError>] = Parallel.map(of: buffer.count, length: length) { range in
            Result { () throws(ImagingError) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[range]), at: range.lowerBound)
            }
        }
        for result in results { try result.get() }
    }

    /// The first bytes, at most `count` of them.
    func prefix(_ count: Int) throws(ImagingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(count, size))
        try bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImagingError) in
            try read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
        return bytes
    }
}

/// The last part of a path, for messages: reports name files, not folders.
func fileName(ofPath path: String) -> String {
    let parts = path.unicodeScalars.split(separator: "/")
    return parts.last.map { String(String.UnicodeScalarView($0)) } ?? path
}

extension ImagingError {
    /// A failed system call, as a `fileAccess` error.
    init(_ error: SystemCallError, subject: String) {
        self.init(.fileAccess, subject: subject, message: error.message, cause: error.cause)
    }
}
