#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A page in the outbox that this user can read.
package struct ReportFile: Hashable, Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// The name that the station gives is none of a folder in the outbox.
        case badFolderName
        /// Retention removed it, or the outbox is elsewhere.
        case missing
        /// This user may not read it.
        case notAllowed
        case unreadable(String)
    }

    package let path: String

    /// The report in `folder` of the outbox. Throws `Failure`.
    package init(folder: String, outbox: String) throws(Failure) {
        // The name comes from the bus: it must not lead out of the outbox.
        guard !folder.isEmpty, !folder.hasPrefix("."), !folder.utf8.contains(where: { $0 == 0 || $0 == 0x2f }) else {
            throw .badFolderName
        }
        try self.init(path: "\(outbox)/\(folder)/report.html")
    }

    /// The page with all studies. Throws `Failure`.
    package init(worklistOf outbox: String) throws(Failure) { try self.init(path: "\(outbox)/index.html") }

    private init(path: String) throws(Failure) {
        guard access(path, R_OK) == 0 else {
            switch errno {
            case EACCES, EPERM: throw .notAllowed
            case ENOENT, ENOTDIR: throw .missing
            default: throw .unreadable(String(cString: strerror(errno)))
            }
        }
        self.path = path
    }
}
