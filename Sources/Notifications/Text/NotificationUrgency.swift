/// How loudly a desktop says something; the numbers are those of the notification specification.
///
/// `critical` stays on the screen until someone has seen it, on most desktops also over full-screen windows: it is kept
/// for the level whose patients cannot wait. A failed study needs a person too, but a technician and not at once:
/// `normal`, like a study without a level, or with doubtful scores, which may be of any. `low` may go by silently.
package enum NotificationUrgency: UInt8, Hashable, Sendable, Comparable {
    case low = 0
    case normal = 1
    case critical = 2

    package static func < (left: NotificationUrgency, right: NotificationUrgency) -> Bool {
        left.rawValue < right.rawValue
    }

    package init(_ news: StudyNews) {
        let urgency = Self(NewsSummary.Kind(news.outcome))
        self = news.isDoubtful ? max(urgency, .normal) : urgency
    }

    private init(_ kind: NewsSummary.Kind) {
        switch kind {
        case .level(.none), .level(.mild): self = .low
        case .level(.moderate), .level(.severe), .noLevel, .failed: self = .normal
        case .level(.critical): self = .critical
        }
    }

    /// The highest of what it counts.
    package init(_ summary: NewsSummary) {
        let urgency = summary.counts.keys.map(Self.init).max() ?? .low
        self = summary.doubtful > 0 ? max(urgency, .normal) : urgency
    }
}
