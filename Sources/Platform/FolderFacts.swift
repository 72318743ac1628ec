import CPlatform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a file system says of a folder, and of itself.
package struct FolderFacts: Hashable, Sendable {
    package let isFolder: Bool
    package let owner: UInt32
    /// Permissions with the bits for set-group-id and sticky.
    package let mode: UInt32
    package let device: UInt64
    /// Bytes that an unprivileged process may still write.
    package let freeBytes: UInt64
    /// The name of the file system where it is a network's, such as `NFS`.
    package let network: String?

    /// Symbolic links are followed. Nil when there is nothing. Throws `SystemCallError`.
    package init?(_ path: String) throws(SystemCallError) {
        try requireUsablePath(path)
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemCallError("The file system does not answer for \(path).", code: errno)
        }
        var system = statvfs()
        guard statvfs(path, &system) == 0 else {
            throw SystemCallError("The file system of \(path) does not answer.", code: errno)
        }
        isFolder = facts.st_mode & S_IFMT == S_IFDIR
        owner = facts.st_uid
        mode = facts.st_mode & 0o7777
        device = UInt64(facts.st_dev)
        freeBytes = UInt64(system.f_bavail) * UInt64(system.f_frsize)
        network = Self.networks[lungtriage_file_system(path)]
    }

    /// File systems whose changes come from other machines too, which send no events; the numbers are those of statfs(2).
    private static let networks: [UInt32: String] = [
        0x6969: "NFS", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB", 0x517b: "SMB", 0x0102_1997: "9P", 0x6573_5546: "FUSE",
        0x00c3_6400: "Ceph", 0x5346_414f: "AFS", 0x6b41_4653: "AFS", 0x7375_7245: "Coda",
    ]
}
