#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Moves, copies and removals that survive a loss of power once `synchronise(folder:)` has returned.
package struct FileMoves: Sendable {
    private let calls: FileSystemCalls

    package init(_ calls: FileSystemCalls = .system) { self.calls = calls }

    /// Gives a file another name, across file systems by a copy that appears whole. What has the name already is replaced.
    ///
    /// Throws `SystemCallError`; then the file is where it was.
    package func move(_ from: String, to: String) throws {
        if retryingInterrupted({ calls.renameFile(from, to) }) == 0 { return }
        guard errno == EXDEV else { throw SystemCallError("\(from) cannot be moved.", code: errno) }
        try copy(from, to: to)
        try remove(from)
    }

    /// Writes a file whole and durable, in place of one of that name. Throws `SystemCallError`; then that is as it was.
    package func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
        try DurableFile.write(to: path, calls: calls) { try $0.append(bytes) }
    }

    /// Throws `SystemCallError`; then there is no copy.
    package func copy(_ from: String, to: String) throws {
        let source = retryingInterrupted { calls.openFile(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0) }
        guard source >= 0 else { throw SystemCallError("\(from) cannot be read.", code: errno) }
        defer { _ = calls.closeFile(source) }
        try DurableFile.write(to: to, calls: calls) { file in
            try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
                guard let base = buffer.baseAddress else { return }
                while true {
                    let count = retryingInterrupted { read(source, base, buffer.count) }
                    guard count >= 0 else { throw SystemCallError("\(from) cannot be read.", code: errno) }
                    guard count > 0 else { return }
                    try file.append(UnsafeRawBufferPointer(start: base, count: count))
                }
            }
        }
    }

    /// A file that is gone already is no failure. Throws `SystemCallError`.
    package func remove(_ path: String) throws(SystemCallError) {
        guard retryingInterrupted({ calls.removeFile(path) }) == 0 || errno == ENOENT else {
            throw SystemCallError("\(path) cannot be removed.", code: errno)
        }
    }

    /// A folder takes a name that nothing may have. Throws `SystemCallError`, with `EEXIST` when something has.
    package func place(folder: String, at path: String) throws(SystemCallError) {
        guard retryingInterrupted({ calls.renameNew(folder, path) }) == 0 else {
            throw SystemCallError("The finished folder cannot take its name.", code: errno)
        }
    }

    /// With the folders above it. Throws `SystemCallError`.
    package func makeFolder(_ path: String) throws(SystemCallError) {
        if retryingInterrupted({ calls.makeFolder(path, 0o777) }) == 0 || errno == EEXIST { return }
        let code = errno
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw SystemCallError("The folder \(path) cannot be made.", code: code)
        }
        try makeFolder(String(path[..<slash]))
        guard retryingInterrupted({ calls.makeFolder(path, 0o777) }) == 0 || errno == EEXIST else {
            throw SystemCallError("The folder \(path) cannot be made.", code: errno)
        }
    }

    /// Makes what happened to a folder's names durable. Throws `SystemCallError`.
    package func synchronise(folder: String) throws(SystemCallError) {
        try synchroniseFolder(folder, calls: calls)
    }

    /// A folder with everything in it. What cannot be removed stays; another sweep will find it.
    package func removeTree(_ path: String) {
        guard let folder = opendir(path) else {
            _ = calls.removeFile(path)
            return
        }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        closedir(folder)
        for name in names {
            let inside = path + "/" + name
            if calls.removeFile(inside) != 0, errno == EISDIR || errno == EPERM { removeTree(inside) }
        }
        rmdir(path)
    }

    /// The names in a folder, `.` and `..` left out. Throws `SystemCallError`.
    package static func names(in path: String) throws(SystemCallError) -> [String] {
        guard let folder = opendir(path) else {
            throw SystemCallError("The folder \(path) cannot be listed.", code: errno)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
