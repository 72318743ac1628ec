import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Synchronization
import Triage
import WorkerLink

/// A daemon of its own in a temporary folder, with the stub worker, and everything that was said about its jobs.
final class TriageFolder: Sendable {
    let root: String
    let folders: FolderLayout
    let observer = RecordingObserver()

    /// `/tmp` is a file system in memory on some machines; fsync is then quick, and the tests are no less strict.
    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/triage-" + UUID().uuidString
        folders = FolderLayout(root: root)
        for drop in ["", "/urgent", "/stat"] {
            try FileManager.default.createDirectory(atPath: folders.inbox + drop, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Settings in which nothing takes long.
    var configuration: TriageConfiguration {
        var configuration = TriageConfiguration(folders: folders)
        configuration.settleSeconds = 0.2
        configuration.rescanSeconds = 0.5
        configuration.retrySeconds = 0.05
        configuration.freeSpaceFloor = 0
        return configuration
    }

    /// Runs a daemon for as long as `body` runs, then stops it as a service manager would.
    func run<Result: Sendable>(
        _ configuration: TriageConfiguration? = nil, worker: [String] = [], devices: Int = 1,
        surroundings: Surroundings = Surroundings(), _ body: @Sendable (TriageDaemon) async throws -> Result
    ) async throws -> Result {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return try await run(
            configuration ?? self.configuration,
            program: WorkerProgram(path: Self.product("stub-worker"), arguments: worker), devices: devices,
            logger: logger,
            surroundings: surroundings, body)
    }

    /// The same with a worker, for one device or several, and a log of one's own.
    func run<Result: Sendable>(
        _ configuration: TriageConfiguration, program: WorkerProgram, devices: Int = 1, logger: Logger,
        surroundings: Surroundings = Surroundings(), _ body: @Sendable (TriageDaemon) async throws -> Result
    ) async throws -> Result {
        let daemon = try await TriageDaemon(
            configuration, workers: [WorkerProgram](repeating: program, count: devices), observer: observer,
            logger: logger, surroundings: surroundings)
        let group = ServiceGroup(
            configuration: .init(
                services: daemon.services.map {
                    .init(
                        service: $0, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body(daemon)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    /// A program that was built beside the test bundle.
    static func product(_ name: String) -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(fileURLWithPath: program).deletingLastPathComponent().path + "/" + name
        if FileManager.default.fileExists(atPath: beside) { return beside }
        let bundle = CommandLine.arguments.compactMap { argument -> String? in
            argument.contains(".xctest") ? URL(fileURLWithPath: argument).deletingLastPathComponent().path : nil
        }
        return (bundle.first ?? ".") + "/" + name
    }

    // MARK: - Files

    func drop(_ name: String, _ content: String, in folder: String = "") throws {
        let path = "\(folders.inbox)/\(folder)\(folder.isEmpty ? "" : "/")\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    }

    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    var results: [String] { names(folders.outbox).filter { $0 != "index.html" } }
    var leftovers: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folders.outbox + "/.staging")) ?? []
    }

    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}

/// Keeps what it hears.
final class RecordingObserver: TriageObserver {
    struct Heard: Sendable {
        var queued: [JobID] = []
        var started: [JobID] = []
        var announced: [Announcement] = []
        var progress: [JobProgress] = []
        /// Throws so often before it listens.
        var refusals = 0
        var statusChanges = 0
    }

    struct Deaf: Error {}

    private let state = Mutex(Heard())
    var heard: Heard { state.withLock { $0 } }

    func refuse(_ count: Int) { state.withLock { $0.refusals = count } }

    func queued(_ jobs: [Job]) async { state.withLock { $0.queued += jobs.map(\.id) } }
    func started(_ job: Job) async { state.withLock { $0.started.append(job.id) } }
    func progressed(_ job: JobID, _ progress: JobProgress) async { state.withLock { $0.progress.append(progress) } }
    func waits(_ job: Job) async {}
    func statusChanged() { state.withLock { $0.statusChanges += 1 } }

    func announce(_ announcement: Announcement) async throws {
        try state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                throw Deaf()
            }
            state.announced.append(announcement)
        }
    }
}
