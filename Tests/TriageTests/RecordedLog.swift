import CConfinement
import Foundation
import Logging
import Synchronization

/// What a daemon has logged: level, message and facts, a line each.
final class RecordedLog: Sendable {
    private let stored = Mutex<[String]>([])

    var lines: [String] { stored.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        init(log: RecordedLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            let line = "\(event.level) \(event.message)" + facts.map { " \($0.key)=\($0.value)" }.joined()
            log.stored.withLock { $0.append(line) }
        }
    }
}

/// What the running kernel can do.
enum Kernel {
    static let filters =
        (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.contains("Seccomp:") == true

    static let hasLandlock = lungtriage_landlock_abi() > 0
}
