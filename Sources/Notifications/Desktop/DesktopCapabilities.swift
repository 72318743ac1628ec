/// What a notification daemon can do, by the names of the specification.
package struct DesktopCapabilities: Hashable, Sendable {
    package var names: Set<String>

    package init(_ names: Set<String>) { self.names = names }

    /// It shows buttons, and tells when one is pressed.
    package var hasActions: Bool { names.contains("actions") }
    package var hasBody: Bool { names.contains("body") }
    /// It reads the body as markup: what is not meant so must be escaped.
    package var readsMarkup: Bool { names.contains("body-markup") }
    /// It keeps notifications until someone has seen them.
    package var isPersistent: Bool { names.contains("persistence") }

    /// The body for this daemon.
    package func body(_ text: NotificationText) -> String {
        guard hasBody else { return "" }
        let body = text.body.joined(separator: "\n")
        return readsMarkup ? body.escapedForMarkup : body
    }

    /// The title, which is never markup; with the first line of the body where there is no other place for it.
    package func title(_ text: NotificationText) -> String {
        guard !hasBody, let line = text.body.first else { return text.title }
        return "\(text.title) – \(line)"
    }
}

extension String {
    fileprivate var escapedForMarkup: String {
        var escaped = ""
        for character in self {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
