import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Synchronization
import WorkerLink

/// The daemon without its bus: folders, jobs, workers. What is asked of it comes through the functions of `TriageControl`,
/// what happens goes to an observer.
public final class TriageDaemon: Sendable {
    let store: JobStore
    let hub: JobHub
    let queue: JobQueue
    let inbox: Inbox
    let intake: Intake
    let retention: Retention
    let folders: FolderLayout
    private let box: ConfigurationBox
    private let configurationChanged = Doorbell()
    private let ownServices: [any Service]

    /// What runs; give them to a `ServiceGroup`.
    public var services: [any Service] { ownServices }

    /// Opens the database and recovers what an earlier process has left. `workers`: one for each device, each with a study of its
    /// own at a time. Throws `TriageError`, with the code `configuration` when there are none, and `SystemCallError`.
    public convenience init(
        _ configuration: TriageConfiguration, workers: [WorkerProgram], observer: any TriageObserver, logger: Logger
    ) async throws {
        try await self.init(
            configuration, workers: workers, observer: observer, logger: logger, surroundings: Surroundings())
    }

    package init(
        _ configuration: TriageConfiguration, workers: [WorkerProgram], observer: any TriageObserver, logger: Logger,
        surroundings: Surroundings
    ) async throws {
        guard let first = workers.first else {
            throw TriageError(.configuration, "There is no device to compute on.")
        }
        let folders = configuration.folders
        let box = ConfigurationBox(configuration)
        let settings: @Sendable () -> TriageConfiguration = { box.value }
        let moves = FileMoves(surroundings.calls)
        for folder in [folders.state, folders.outbox, folders.staging, folders.archive, folders.failed] {
            try moves.makeFolder(folder)
        }
        let store = try JobStore(path: folders.database, now: surroundings.now)
        let hub = JobHub(store: store, observer: observer, logger: logger)
        let outbox = Outbox(folders: folders, store: store, moves: moves)
        let unfinished = try await store.recover()
        try await outbox.sweep()
        if unfinished.requeued > 0 {
            logger.notice("\(unfinished.requeued) studies were interrupted, and are analysed again.")
        }
        let queue = try await JobQueue(store: store, outbox: outbox) { await hub.cameToEnd($0) }
        let intake = Intake(
            store: store, folders: folders, unfinished: unfinished.arriving, moves: moves,
            patience: surroundings.filePatience
        ) { box.value.takenFiles }
        let retention = Retention(
            store: store, folders: folders, moves: moves, worklist: hub.worklist, logger: logger, settings: settings)
        let inbox = Inbox(
            intake: intake, folders: folders, moves: moves, troubles: hub.troubles, settings: settings,
            hasRoom: { retention.hasRoom }, logger: logger,
            arrived: { jobs in
                await hub.arrived(jobs)
                queue.bell.ring()
            })
        (self.store, self.hub, self.queue, self.inbox, self.intake) = (store, hub, queue, inbox, intake)
        (self.retention, self.folders, self.box) = (retention, folders, box)
        var ownServices: [any Service] = [
            Announcer(
                store: store, observer: observer, bell: hub.announcements,
                lastOfEarlierProcess: unfinished.lastAnnouncement, logger: logger),
            FilingService(
                filing: Filing(folders: folders, store: store, moves: moves, metrics: hub.metrics) {
                    box.value.takenFiles
                },
                bell: hub.endings, troubles: hub.troubles, logger: logger),
            WorklistPage(
                store: store, folders: folders, bell: hub.worklist, program: first, troubles: hub.troubles,
                logger: logger),
            retention,
            MetricsFile(
                store: store, metrics: hub.metrics, retention: retention, troubles: hub.troubles, folders: folders,
                bell: configurationChanged, logger: logger, settings: settings),
        ]
        let memory = MemoryAdmission(memory: surroundings.memory)
        ownServices += workers.enumerated().map { number, program in
            DeviceWorker(
                number: number, program: program, queue: queue, store: store, outbox: outbox, hub: hub,
                settings: settings, undelivered: number == 0 ? unfinished.delivering : [], memory: memory,
                logger: logger)
        }
        // What starts last stops first.
        self.ownServices = ownServices + [inbox]
    }

    var configuration: TriageConfiguration { box.value }

    /// Takes over what can change live; the names of the keys that need a restart.
    public func reload(_ configuration: TriageConfiguration) -> [String] {
        let late = box.value.changesThatNeedRestart(to: configuration)
        var taken = configuration
        taken.folders = box.value.folders
        box.value = taken
        configurationChanged.ring()
        return late
    }
}

/// The configuration in force, seen by all.
final class ConfigurationBox: Sendable {
    private let stored: Mutex<TriageConfiguration>

    init(_ configuration: TriageConfiguration) { stored = Mutex(configuration) }

    var value: TriageConfiguration {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
