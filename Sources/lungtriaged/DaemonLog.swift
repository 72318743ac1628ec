import Foundation
import Logging
import Platform

/// Log entries for whoever runs the daemon: fields for systemd's journal, lines for a terminal.
struct DaemonLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let journal: JournalSocket?

    init(level: Logger.Level, journal: JournalSocket?) {
        logLevel = level
        self.journal = journal
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        if let journal {
            let fields =
                [
                    ("MESSAGE", "\(event.message)"), ("PRIORITY", "\(event.level.priority)"),
                    ("SYSLOG_IDENTIFIER", "lungtriaged"),
                ]
                + facts.map { (Self.fieldName($0.key), "\($0.value)") }
            if journal.send(fields) { return }
        }
        let suffix = facts.filter { $0.key != Self.messageKey }.map { " \($0.key)=\($0.value)" }.joined()
        // A manager without a native journal reads the level from the prefix (sd-daemon(3)).
        let prefix = isatty(STDERR_FILENO) != 0 ? "\(Self.timeOfDay) \(event.level): " : "<\(event.level.priority)>"
        let line = prefix + LogText.withoutControls("\(event.message)" + suffix) + "\n"
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    /// The key of a message that the journal's catalogue explains.
    static let messageKey = "messageID"

    private static func fieldName(_ key: String) -> String {
        guard key != messageKey else { return "MESSAGE_ID" }
        return "LUNGTRIAGE_" + String(key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static var timeOfDay: String {
        var now = time_t(Date.now.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&now, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}

extension Logger.Level {
    /// As syslog(3) counts.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
