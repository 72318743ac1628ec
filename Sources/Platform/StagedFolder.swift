import CPlatform
import Foundation

/// A folder that appears under its name whole and durable, or not at all.
package enum StagedFolder {
    /// What may lie where the folder is to appear.
    package enum Replacement: Hashable, Sendable {
        /// Nothing, or an empty folder.
        case never
        /// A folder with content; it is gone once the new one is in place.
        case folder
    }

    /// Lets `body` fill a hidden folder beside `path`, makes it durable, and gives it its name in one step (renameat2(2)).
    ///
    /// Throws `SystemCallError` when a system call fails (`EEXIST` when something is in the way), or what `body` throws;
    /// then the hidden folder is removed and what was at `path` is as it was. Only when the parent's fsync fails at the very
    /// end, the new folder is in place.
    package static func write<Failure: Error>(
        to path: String, replacing: Replacement = .never, _ body: (_ folder: String) throws(Failure) -> Void
    ) throws {
        try requireUsablePath(path)
        let destination = URL(fileURLWithPath: path)
        let parent = destination.deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let staging = parent + "/.lungtriage-\(random).part"
        guard mkdir(staging, 0o777) == 0 else {
            throw SystemCallError("A folder cannot be created beside the results' folder.", code: errno)
        }
        do {
            try body(staging)
            try synchroniseFolder(staging)
            try put(staging, at: destination.path, replacing)
        } catch {
            try? FileManager.default.removeItem(atPath: staging)
            throw error
        }
        try synchroniseFolder(parent)
    }

    private static func put(_ staging: String, at path: String, _ replacing: Replacement) throws {
        // An empty folder gives way to another by rename(2) itself; one with content does not.
        if rename(staging, path) == 0 { return }
        let code = errno
        let isOccupied = code == ENOTEMPTY || code == EEXIST || code == ENOTDIR
        guard isOccupied else { throw SystemCallError("The finished folder cannot take its name.", code: code) }
        guard replacing == .folder, code != ENOTDIR else {
            throw SystemCallError("There are files already where the results are to go.", code: EEXIST)
        }
        guard lungtriage_exchange(staging, path) == 0 else {
            throw SystemCallError("The finished folder cannot take the old one's place.", code: errno)
        }
        // What is under the hidden name now is the old folder; that it goes late harms nobody.
        try? FileManager.default.removeItem(atPath: staging)
    }
}
