import Foundation

/// What words look like on a terminal; elsewhere, and where NO_COLOR is set (no-color.org), they stay plain.
enum TerminalStyle: String {
    case good = "32"
    case caution = "33"
    case bad = "31"
    case grave = "1;31"
    case faint = "2"

    /// Of a triage level; nil for one that this version does not know.
    init?(level: String) {
        switch level {
        case "none", "mild": self = .good
        case "moderate": self = .caution
        case "severe": self = .bad
        case "critical": self = .grave
        default: return nil
        }
    }

    /// Of a state of jobs that somebody should look at.
    init?(state: String) {
        switch state {
        case "failed", "quarantined": self = .bad
        default: return nil
        }
    }

    /// Whether results are coloured.
    static let isUsed: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) != 0 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
    }()

    func paint(_ text: String) -> String { Self.isUsed ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text }
}
