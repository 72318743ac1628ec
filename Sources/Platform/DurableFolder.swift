#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes what happened to a folder's names durable. Throws `SystemCallError`.
func synchroniseFolder(_ path: String, calls: FileSystemCalls = .system) throws(SystemCallError) {
    let descriptor = retryingInterrupted { calls.openFile(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else {
        throw SystemCallError("The folder \(path) cannot be opened to make it durable.", code: errno)
    }
    let result = retryingInterrupted { calls.synchronise(descriptor) }
    let code = errno
    _ = calls.closeFile(descriptor)
    // Some network file systems have no fsync for folders and say EINVAL; their renames are durable on the server.
    guard result == 0 || code == EINVAL else {
        throw SystemCallError("The folder \(path) cannot be made durable.", code: code)
    }
}
