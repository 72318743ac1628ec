#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// systemd's journal, with fields (its native protocol: a datagram an entry).
package final class JournalSocket: Sendable {
    private static let path = "/run/systemd/journal/socket"
    private let descriptor: Int32

    /// Nil unless standard error goes to the journal (`JOURNAL_STREAM` names its device and inode).
    package init?(environment: [String: String]) {
        var facts = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(STDERR_FILENO, &facts) == 0,
            stream == "\(facts.st_dev):\(facts.st_ino)"
        else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: Array(Self.path.utf8)) }
        let connected = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// False when the journal did not take it. Field names are capitals, digits and `_`.
    package func send(_ fields: [(name: String, value: String)]) -> Bool {
        let entry = Self.encoded(fields)
        return retryingInterrupted { Glibc.send(descriptor, entry, entry.count, Int32(MSG_NOSIGNAL)) } == entry.count
    }

    /// A value with a line break is preceded by its length, as 8 bytes, little-endian.
    static func encoded(_ fields: [(name: String, value: String)]) -> [UInt8] {
        fields.flatMap { name, value -> [UInt8] in
            let bytes = Array(value.utf8)
            guard bytes.contains(UInt8(ascii: "\n")) else { return Array("\(name)=".utf8) + bytes + [10] }
            let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bytes.count) >> (8 * $0)) }
            return Array("\(name)\n".utf8) + length + bytes + [10]
        }
    }
}
