#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What happens in watched folders (inotify(7)).
package enum FolderEvent: Hashable, Sendable {
    /// A file was closed after writing, or took its name.
    case file(folder: String, name: String)
    /// A folder that is watched went away or was moved.
    case folderGone(String)
    /// Events were lost: everything has to be looked at again.
    case overflow
}

/// Watches folders. Nothing wakes up while nothing happens.
package final class FolderWatcher: Sendable {
    package let events: AsyncStream<FolderEvent>
    private let source: ReadinessSource

    /// Throws `SystemCallError` when a folder cannot be watched.
    package init(_ folders: [String]) throws(SystemCallError) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw SystemCallError("Folders cannot be watched.", code: errno) }
        var names: [Int32: String] = [:]
        let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        for folder in folders {
            let watch = inotify_add_watch(descriptor, folder, mask)
            guard watch >= 0 else {
                let code = errno
                close(descriptor)
                throw SystemCallError("The folder \(folder) cannot be watched.", code: code)
            }
            names[watch] = folder
        }
        let (events, continuation) = AsyncStream.makeStream(of: FolderEvent.self, bufferingPolicy: .unbounded)
        self.events = events
        let folderNames = names
        do {
            source = try ReadinessSource(descriptor) {
                for event in Self.read(descriptor, folderNames) { continuation.yield(event) }
            } cancelled: {
                close(descriptor)
                continuation.finish()
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { source.cancel() }

    /// Ends `events`.
    package func stop() { source.cancel() }

    private static func read(_ descriptor: Int32, _ folders: [Int32: String]) -> [FolderEvent] {
        var events: [FolderEvent] = []
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            while true {
                let count = retryingInterrupted { Glibc.read(descriptor, base, buffer.count) }
                guard count > 0 else { return }
                var place = 0
                while place + MemoryLayout<inotify_event>.size <= count {
                    let event = (base + place).loadUnaligned(as: inotify_event.self)
                    let text = base + place + MemoryLayout<inotify_event>.size
                    let name = event.len > 0 ? String(cString: text.assumingMemoryBound(to: CChar.self)) : ""
                    if let found = Self.event(event, name, folders) { events.append(found) }
                    place += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
        return events
    }

    private static func event(_ event: inotify_event, _ name: String, _ folders: [Int32: String]) -> FolderEvent? {
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
        guard let folder = folders[event.wd] else { return nil }
        if event.mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT) != 0 { return .folderGone(folder) }
        guard event.mask & UInt32(IN_ISDIR) == 0, !name.isEmpty else { return nil }
        return .file(folder: folder, name: name)
    }
}
