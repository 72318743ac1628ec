import ArgumentParser
import Bus
import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Triage

@main enum Program {
    static func main() {
        // Before there are other threads.
        ProcessMemory.shareArenas()
        do throws(SystemCallError) {
            try ServiceProgram.run { await Lungtriaged.main() }
        } catch {
            Lungtriaged.complain(error.description)
            exit(71)
        }
    }
}

struct Lungtriaged: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungtriaged",
        abstract: "Watches an inbox for chest CT and has every study triaged. Research use, not a medical device.",
        discussion: """
            Runs under systemd with the configuration of /etc/lungtriage, or in a terminal: --session --root FOLDER. \
            SIGHUP reads the configuration anew, SIGTERM stops; studies in progress are begun anew at the next start.
            """, version: LungtriageVersion.current)

    @Flag(help: "Serve on the session bus in place of the system bus.") var session = false
    @Option(help: "Keep everything in this folder: inbox, outbox, archive, failed, state.", completion: .directory)
    var root: String?
    @Option(
        name: .customLong("config"), help: "Configuration file. Default: /etc/lungtriage/lungtriaged.conf.",
        completion: .file())
    var file: String?
    @Flag(help: "Say what is wrong with the configuration, and end.") var checkConfig = false
    @Option(help: "What is logged: debug, info, notice, warning or error and worse.") var logLevel = LogLevel.info
    @Option(help: ArgumentHelp("Worker program.", visibility: .hidden)) var worker: String?
    @Option(parsing: .upToNextOption, help: ArgumentHelp("Its arguments.", visibility: .hidden))
    var workerArguments: [String] = []

    func run() async throws {
        let settings = ConfigurationSource(root: root, file: file)
        let configuration: TriageConfiguration
        do {
            configuration = try settings.read()
        } catch {
            Self.complain("\(error)")
            throw ExitCode(78)
        }
        guard !checkConfig else { return }
        let environment = ProcessInfo.processInfo.environment
        let journal = JournalSocket(environment: environment)
        let logger = Logger(label: "lungtriaged") { [logLevel] _ in DaemonLog(level: logLevel.level, journal: journal) }
        do {
            try await serve(configuration, settings, ServiceManager(environment: environment), logger)
        } catch {
            logger.critical("The daemon ends: \(error)")
            throw ExitCode(1)
        }
    }

    private func serve(
        _ configuration: TriageConfiguration, _ settings: ConfigurationSource, _ manager: ServiceManager,
        _ logger: Logger
    ) async throws {
        let bridge = BusBridge(settings: settings, manager: manager, logger: logger)
        let daemon = try await TriageDaemon(
            configuration, workers: workerPrograms(configuration), observer: bridge, logger: logger)
        let address = session ? BusAddress.session : .system
        let bus = TriageBusService(
            on: address, version: LungtriageVersion.current, control: bridge,
            authorizer: session ? SameUserAuthorizer() : PolkitAuthorizer(), auditor: AuditLog(logger: logger))
        try await bridge.connect(daemon, bus)
        let own: [any Service] = [
            BusRunner(bus: bus, daemon: daemon, logger: logger),
            ManagerService(manager: manager, daemon: daemon),
            try SignalService(bridge: bridge),
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: (own + daemon.services).map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, logger: logger))
        try await group.run()
    }

    /// The worker that was built or installed with this program, for each device.
    private func workerPrograms(_ configuration: TriageConfiguration) -> [WorkerProgram] {
        if let worker {
            return configuration.devices.map { _ in WorkerProgram(path: worker, arguments: workerArguments) }
        }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        let candidates = [
            folder.appending(path: "lungtriage-worker").path,
            folder.deletingLastPathComponent().appending(path: "libexec/lungtriage/lungtriage-worker").path,
        ]
        let path = candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? candidates[0]
        return configuration.devices.map {
            WorkerProgram(path: path, arguments: configuration.workerArguments(on: $0))
        }
    }

    fileprivate static func complain(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("lungtriaged: \(text)\n".utf8))
    }
}

/// How much is logged; the names are those of `Logger.Level`.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
