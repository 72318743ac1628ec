#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A descriptor that is closed when nobody needs it any more.
package final class OpenFile: Sendable {
    package let descriptor: Int32

    /// Takes a descriptor over.
    package init(taking descriptor: Int32) { self.descriptor = descriptor }

    /// Opens a file for reading (open(2)), which a symbolic link is not: whoever may put one into a folder must not have the
    /// daemon read what only the daemon may. Throws `SystemCallError`.
    package init(reading path: String) throws(SystemCallError) {
        try requireUsablePath(path)
        // O_NONBLOCK: opening a pipe must not wait for a writer.
        descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard descriptor >= 0 else { throw SystemCallError("The file cannot be opened.", code: errno) }
    }

    deinit { close(descriptor) }
}
