/// A notification as this program means it, whatever the desktop can show.
package struct DesktopNotification: Hashable, Sendable {
    /// What a click opens.
    package enum Target: Hashable, Sendable {
        case report(job: String)
        case worklist
    }

    package enum Category: String, Hashable, Sendable {
        case completed = "x-lungtriage.study.completed"
        case failed = "x-lungtriage.study.failed"
        /// An answer to a click.
        case answer = "x-lungtriage.answer"
    }

    package var text: NotificationText
    package var urgency: NotificationUrgency
    package var category: Category
    package var target: Target?
    /// A notification replaces the one of the same key.
    package var replacementKey: String
    /// Of no use later: not kept in the desktop's list.
    package var isTransient = false
}

extension DesktopNotification {
    package init(_ item: NewsFolding.Item) {
        switch item {
        case .study(let news):
            let isCompleted = if case .completed = news.outcome { true } else { false }
            self.init(
                text: NotificationText(news), urgency: NotificationUrgency(news),
                category: isCompleted ? .completed : .failed,
                target: isCompleted ? .report(job: news.job) : nil, replacementKey: news.replacementKey)
        case .summary(let summary, let flood):
            self.init(
                text: NotificationText(summary), urgency: NotificationUrgency(summary),
                category: summary.completed > 0 ? .completed : .failed, target: .worklist,
                replacementKey: "flood-\(flood)")
        }
    }

    /// Says why a click opened nothing.
    package static func answer(_ text: NotificationText) -> DesktopNotification {
        DesktopNotification(
            text: text, urgency: .normal, category: .answer, target: nil, replacementKey: "answer", isTransient: true)
    }
}
