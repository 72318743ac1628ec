import Foundation

/// The words of a notification, without markup.
package struct NotificationText: Hashable, Sendable {
    package var title: String
    /// Lines.
    package var body: [String]

    package init(title: String, body: [String]) {
        self.title = title
        self.body = body
    }

    /// On every notification that shows a result.
    package static let disclaimer = "Research use, not a medical device."
}

// MARK: - One study

extension NotificationText {
    package init(_ news: StudyNews) {
        let study = news.study.plainLine
        switch news.outcome {
        case .completed(let scores):
            let again = news.duplicateOf == nil ? [] : ["The same CT was analysed before."]
            self.init(title: "\(scores.levelTitle): \(study)", body: scores.lines + again + [Self.disclaimer])
        case .failed(_, let message):
            let reason = message.isEmpty ? "No reason is known." : message.plainLine
            self.init(title: "Not analysed: \(study)", body: [reason])
        }
    }
}

extension StudyNews.Scores {
    fileprivate var levelTitle: String { level.map(\.title) ?? "No level" }

    private var caution: [String] {
        switch reliability {
        case .good: []
        case .withReservations: ["With reservations: the report says why."]
        case .doubtful: ["Doubtful: do not rely on the scores; the report says why."]
        }
    }

    fileprivate var lines: [String] {
        let opacity = percentageOfOpacity.map { "Opacity \(String(format: "%.1f", $0)) % of the lungs" }
        let zones = zoneScore.map { "zone score \($0) of 24" }
        let known = [opacity ?? "Opacity not measured", zones ?? "no zone score"].joined(separator: ", ")
        // The same reason often holds for several scores.
        let reasons = ["level", "po", "zone_score"].compactMap { missing[$0]?.plainLine }
        return reasons.reduce(into: [known]) { if !$0.contains($1) { $0.append($1) } } + caution
    }
}

extension SeverityLevel {
    fileprivate var title: String {
        switch self {
        case .none: "Level none"
        case .mild: "Mild"
        case .moderate: "Moderate"
        case .severe: "Severe"
        case .critical: "Critical"
        }
    }
}

// MARK: - Many studies

extension NotificationText {
    package init(_ summary: NewsSummary) {
        var parts: [String] = []
        if summary.completed > 0 {
            parts.append(Self.studies(summary.completed) + " finished")
            for level in [SeverityLevel.critical, .severe] where summary.count(.level(level)) > 0 {
                parts.append("\(summary.count(.level(level))) \(level.rawValue)")
            }
            if summary.failed > 0 { parts.append("\(summary.failed) not analysed") }
        } else {
            parts.append(Self.studies(summary.failed) + " not analysed")
        }
        var lines: [String] = []
        for kind in NewsSummary.kinds where summary.count(kind) > 0 && lines.count < 3 {
            lines.append("\(kind.title): \(Self.list(summary.names[kind] ?? [], of: summary.count(kind)))")
        }
        if summary.doubtful > 0 { lines.append("Doubtful scores: \(Self.studies(summary.doubtful))") }
        self.init(title: parts.joined(separator: ", "), body: lines + [Self.disclaimer])
    }

    private static func studies(_ count: Int) -> String { count == 1 ? "1 study" : "\(count) studies" }

    private static func list(_ names: [String], of count: Int) -> String {
        let shown = names.map(\.plainLine).joined(separator: ", ")
        return count > names.count ? "\(shown) and \(count - names.count) more" : shown
    }
}

extension NewsSummary.Kind {
    fileprivate var title: String {
        switch self {
        case .level(let level): level.title
        case .noLevel: "No level"
        case .failed: "Not analysed"
        }
    }
}
