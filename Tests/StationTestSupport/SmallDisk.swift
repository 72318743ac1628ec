import Foundation

/// A file system of a few megabytes, in memory, that a test can fill. Only root can mount one.
package final class SmallDisk {
    package struct Failure: Error { package let message: String }

    package let path: String
    private var filler: String { path + "/filler" }

    package static let isPossible = (try? SmallDisk(megabytes: 1)) != nil

    package init(megabytes: Int) throws {
        path = FileManager.default.temporaryDirectory.path + "/disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(atPath: path)
            throw Failure(message: "No file system can be mounted: \(reason)")
        }
    }

    deinit {
        // Also while something of it is still open.
        umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Until not a byte fits any more.
    package func fill() throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw Failure(message: "The filler cannot be made.") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, block, block.count) > 0 {}
        guard errno == ENOSPC else { throw Failure(message: String(cString: strerror(errno))) }
    }

    package func empty() throws { try FileManager.default.removeItem(atPath: filler) }
}
