import Confinement
import Foundation
import Synchronization
import WorkerLink

/// System calls that were refused, on their way into the daemon's log.
enum WorkerRefusals {
    /// Nil until there is a connection, and in a worker that has none.
    static let link = Mutex<DaemonLink?>(nil)

    static func report(_ call: RefusedCall) {
        if let link = link.withLock({ $0 }) { return link.send(.log(warning: true, message: call.description)) }
        // Standard error is the daemon's own; "<4>" makes it a warning in the journal.
        try? FileHandle.standardError.write(contentsOf: Data("<4>\(call)\n".utf8))
    }
}
