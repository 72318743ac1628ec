import Bus
import Platform

/// The desktop notifier: the station's news in, notifications out.
package struct Notifier: Sendable {
    private let settings: NotifierSettings
    private let manager: ServiceManager
    private let log: NotifierLog

    package init(_ settings: NotifierSettings, manager: ServiceManager, log: NotifierLog) {
        self.settings = settings
        self.manager = manager
        self.log = log
    }

    /// Runs until the task is cancelled.
    ///
    /// Throws ``BusError``: `badAddress` when there is no session bus or no bus of the station, `accessDenied`,
    /// `nameTaken` when another notifier runs on this desktop, `disconnected` when the session bus does not come back.
    package func run() async throws {
        let (changes, change) = AsyncStream.makeStream(of: NotificationDesk.Change.self)
        let (clicks, click) = AsyncStream.makeStream(of: NotificationDesk.Activation.self)
        let (answers, answer) = AsyncStream.makeStream(of: DesktopNotification.self)
        let desk = NotificationDesk(
            on: settings.desktop, timeout: settings.timing.answerTimeout, patience: settings.timing.patience,
            backOff: settings.timing.backOff,
            changes: { change.yield($0) }, activations: { click.yield($0) })
        let (memory, isFirstStart) = remembered()
        let ledger = NewsLedger(memory: memory, file: settings.memory, log: log)
        let presenter = NewsPresenter(
            desk: desk, ledger: ledger,
            folding: NewsFolding(limit: settings.timing.floodLimit, window: settings.timing.floodWindow),
            pace: pace, log: log)
        let history = StationHistory(on: settings.station)
        let handler = ClickHandler(
            history: history, outbox: settings.outbox, opener: FileOpener(environment: settings.environment), log: log
        ) { answer.yield($0) }
        let listener = StationListener(
            address: settings.station, history: history, ledger: ledger, isFirstStart: isFirstStart,
            minimumLevel: settings.minimumLevel, backOff: settings.timing.backOff,
            pauses: settings.timing.historyPauses, log: log, tell: { await presenter.tell($0) },
            stationIsThere: reportStation)
        // Written at the first start as well: what ends before the second one is news then.
        await ledger.write()

        try await withThrowingTaskGroup { group in
            group.addTask { try await desk.run() }
            group.addTask { try await listener.run() }
            group.addTask { await presenter.run() }
            group.addTask { await follow(changes, presenter) }
            group.addTask { await handle(clicks, handler) }
            group.addTask { await show(answers, desk) }
            manager.ready(status: "Waiting for the station.")
            defer {
                manager.stopping()
                group.cancelAll()
            }
            // All of them run until they are cancelled; the first that throws ends all.
            while try await group.next() != nil {}
        }
    }

    private var pace: NewsPresenter.Pace {
        NewsPresenter.Pace(
            summaries: settings.timing.summaryInterval, firstRetry: settings.timing.firstRetry,
            longestRetry: settings.timing.longestRetry)
    }

    private func remembered() -> (NewsMemory, isFirstStart: Bool) {
        let now = WallTime.now
        switch settings.memory.read() {
        case .memory(var memory):
            memory.limit(to: now)
            return (memory, false)
        case .none:
            return (NewsMemory(knownUntil: now), true)
        case .unusable(let reason):
            log(.warning, "What was told before is not known: \(settings.memory.path) cannot be used. \(reason)")
            return (NewsMemory(knownUntil: now), true)
        }
    }

    private func reportStation(isThere: Bool) {
        let text = isThere ? "Listening to the station." : "Waiting for the station."
        manager.status(text)
        log(.info, text)
    }

    private func follow(_ changes: AsyncStream<NotificationDesk.Change>, _ presenter: NewsPresenter) async {
        for await change in changes {
            switch change {
            case .ready: await presenter.deskIsReady()
            case .nobodyShows:
                log(.warning, "Nobody shows notifications on this desktop; waiting for a program that does.")
            case .busLost(let reason): log(.warning, "The session bus is away: \(reason)")
            }
        }
    }

    private func handle(_ clicks: AsyncStream<NotificationDesk.Activation>, _ handler: ClickHandler) async {
        await withDiscardingTaskGroup { group in
            for await click in clicks { group.addTask { await handler.handle(click) } }
            group.cancelAll()
        }
    }

    private func show(_ answers: AsyncStream<DesktopNotification>, _ desk: NotificationDesk) async {
        for await answer in answers {
            do throws(BusError) {
                try await desk.show(answer)
            } catch {
                log(.warning, "An answer to a click is not shown: \(error)")
            }
        }
    }
}
