import Bus

/// Shows news on the desk: folded when there are many, kept while there is nobody to show them.
actor NewsPresenter {
    struct Pace: Hashable, Sendable {
        /// Between two versions of a summary.
        var summaries = Duration.seconds(1)
        /// After an answer that did not come or was an error: doubled each time.
        var firstRetry = Duration.seconds(1)
        var longestRetry = Duration.seconds(60)
        /// So often is a notification tried that the daemon refuses.
        var refusals = 5
    }

    private let desk: NotificationDesk
    private let ledger: NewsLedger
    private let pace: Pace
    private let log: NotifierLog
    private let bell: AsyncStream<Void>
    private let ringer: AsyncStream<Void>.Continuation
    private var folding: NewsFolding
    private var waiting: [StudyNews] = []
    private var items: [(item: NewsFolding.Item, news: [StudyNews])] = []
    private var notBefore: ContinuousClock.Instant?
    private var failures = 0
    private var refusals = 0

    init(desk: NotificationDesk, ledger: NewsLedger, folding: NewsFolding, pace: Pace, log: NotifierLog) {
        self.desk = desk
        self.ledger = ledger
        self.folding = folding
        self.pace = pace
        self.log = log
        (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func tell(_ news: [StudyNews]) {
        waiting += news
        ringer.yield()
    }

    /// There is a notification daemon: another one may take what the last one refused.
    func deskIsReady() {
        (notBefore, failures, refusals) = (nil, 0, 0)
        ringer.yield()
    }

    /// Until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in bell {
                guard let wait = await presentAll() else { continue }
                group.addTask { [ringer] in
                    try? await Task.sleep(for: wait)
                    ringer.yield()
                }
            }
            group.cancelAll()
        }
    }

    /// Shows what can be shown now; how long to wait for the rest, nil: until the bell rings.
    private func presentAll() async -> Duration? {
        while await desk.isReady {
            if let notBefore, notBefore > .now { return notBefore - .now }
            if items.isEmpty { fold() }
            guard let (item, news) = items.first else { return nil }
            do throws(BusError) {
                try await desk.show(DesktopNotification(item))
                (failures, refusals) = (0, 0)
                await finishFirst(news)
                if case .summary = item { notBefore = .now + pace.summaries }
            } catch {
                guard await !mayBeDropped(error) else {
                    log(.error, "A notification is refused and not shown: \(error)")
                    await finishFirst(news)
                    continue
                }
                log(.warning, "A notification is not shown yet: \(error)")
                notBefore = .now + delay()
            }
        }
        return nil
    }

    /// All that waits at once, so that the news of a long absence becomes a summary.
    private func fold() {
        let news = waiting
        waiting = []
        let folded = folding.fold(news, at: .now)
        items = folded.map { item in
            switch item {
            case .study(let one): (item, [one])
            case .summary: (item, news)
            }
        }
    }

    private func finishFirst(_ news: [StudyNews]) async {
        items.removeFirst()
        await ledger.settle(news)
    }

    private func delay() -> Duration {
        failures += 1
        return min(pace.firstRetry * (1 << min(failures - 1, 10)), pace.longestRetry)
    }

    /// A daemon that is silent or gone is waited for; one that says no again and again means it.
    private func mayBeDropped(_ error: BusError) async -> Bool {
        switch error.code {
        case .disconnected, .unavailable, .timedOut, .cancelled: return false
        default:
            refusals += 1
            if refusals < pace.refusals { return false }
            refusals = 0
            return true
        }
    }
}
