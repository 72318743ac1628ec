import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a file system says of a file; symbolic links are not followed.
package struct FileFacts: Hashable, Sendable {
    package let isRegular: Bool
    package let device: UInt64
    package let inode: UInt64
    package let bytes: Int64
    /// Nanoseconds since 1970.
    package let modified: Int64

    /// Which file it is, whatever its name: another one in its place has another.
    package struct Node: Hashable, Sendable {
        package let device: UInt64
        package let inode: UInt64
    }

    package var node: Node { Node(device: device, inode: inode) }

    /// Nil when there is no such file. Throws `SystemCallError`.
    package init?(_ path: String) throws(SystemCallError) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemCallError("The file system does not answer for \(path).", code: errno)
        }
        isRegular = facts.st_mode & S_IFMT == S_IFREG
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        bytes = Int64(facts.st_size)
        modified = Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
    }

    /// Whether someone is writing the file now; nil where the file system cannot tell.
    package static func hasWriter(_ path: String) -> Bool? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        switch lungtriage_has_writer(descriptor) {
        case 1: return true
        case 0: return false
        default: return nil
        }
    }

    /// Bytes that an unprivileged process may still write in a folder's file system; nil when it cannot be told.
    package static func freeBytes(in folder: String) -> UInt64? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        return UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
    }
}
