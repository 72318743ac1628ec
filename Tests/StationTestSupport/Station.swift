import Bus
import BusTestSupport
import Foundation
import Synchronization
import TestDeadlines

/// The real daemon, with the stub worker, on a bus of its own and in a temporary folder, and what a listener of another
/// process's kind hears of it.
package final class Station: Sendable {
    package let bus: PrivateBus
    package let root: String
    private let listener: Mutex<Task<Void, Never>?> = Mutex(nil)
    private let state = Mutex<(events: [TriageEvent], daemon: Process?)>(([], nil))

    /// - Parameters:
    ///   - root: a folder that is not there yet; by default a temporary one.
    ///   - policy: further rules of the bus.
    ///   - hears: whether to keep what the daemon says in ``events``.
    package init(root: String? = nil, policy: String = "", hears: Bool = true) throws {
        bus = try PrivateBus(policy: policy)
        self.root = root ?? FileManager.default.temporaryDirectory.path + "/station-" + UUID().uuidString
        for drop in ["/inbox/urgent", "/inbox/stat"] {
            try FileManager.default.createDirectory(atPath: self.root + drop, withIntermediateDirectories: true)
        }
        guard hears else { return }
        let listening = Task { [address = bus.address, weak self] in
            for await event in TriageEvents.on(.address(address)) { self?.state.withLock { $0.events.append(event) } }
        }
        listener.withLock { $0 = listening }
    }

    deinit {
        listener.withLock { $0?.cancel() }
        if let daemon = state.withLock({ $0.daemon }), daemon.isRunning { kill(daemon.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: root)
    }

    package var events: [TriageEvent] { state.withLock { $0.events } }
    package var process: Int32? { state.withLock { $0.daemon?.processIdentifier } }

    /// Of a program built beside the tests.
    package static func product(_ name: String) -> URL {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders = [bundle, program].compactMap(\.self).map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.map { $0.appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? URL(filePath: name)
    }

    /// Starts the daemon. Settings by the names of the environment.
    package func start(_ settings: [String: String] = [:], stubPause: Double = 0) throws {
        let daemon = Process()
        daemon.executableURL = Self.product("lungtriaged")
        daemon.arguments = [
            "--session", "--root", root, "--log-level", "error", "--worker", Self.product("stub-worker").path,
            "--worker-arguments", "\(stubPause)",
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        environment["LUNGTRIAGE_RETENTION_FREESPACEFLOOR"] = "0"
        daemon.environment = environment.merging(settings) { $1 }
        daemon.standardError = FileHandle.nullDevice
        try daemon.run()
        state.withLock { $0.daemon = daemon }
    }

    /// As a loss of power would, as far as a process can tell.
    package func killDaemon() { end(SIGKILL) }
    package func stop() { end(SIGTERM) }

    /// Kills the bus, lets things happen without one, and starts it again so that the listener is there before the daemon is.
    package func withoutBus(_ body: () async throws -> Void) async throws {
        bus.stop()
        try await body()
        guard let process else { return try bus.start() }
        kill(process, SIGSTOP)
        let before = events.count
        try bus.start()
        // Whoever is on the bus now hears that the name has an owner.
        let stand = try await BusConnection.connect(to: .address(bus.address))
        try await stand.requestName(BusName("org.lungtriage.Triage1"))
        try await eventually("the listener is back") { events.dropFirst(before).contains(.serviceAppeared) }
        stand.close()
        // A daemon that finds its name taken ends.
        try await eventually("the name is free again") {
            events.dropFirst(before).drop { $0 != .serviceAppeared }.contains(.serviceVanished)
        }
        kill(process, SIGCONT)
    }

    private func end(_ signal: Int32) {
        guard let daemon = state.withLock({ $0.daemon }) else { return }
        kill(daemon.processIdentifier, signal)
        daemon.waitForEnd()
        state.withLock { $0.daemon = nil }
    }

    /// Kills the daemon's worker processes.
    package func killWorkers() {
        guard let daemon = process else { return }
        let numbers = (try? String(contentsOfFile: "/proc/\(daemon)/task/\(daemon)/children", encoding: .utf8)) ?? ""
        // A child belongs to the thread that made it.
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon)/task")) ?? []
        let all = threads.compactMap {
            try? String(contentsOfFile: "/proc/\(daemon)/task/\($0)/children", encoding: .utf8)
        }
        for child in Set((all + [numbers]).joined(separator: " ").split(separator: " ").compactMap { Int32($0) }) {
            kill(child, SIGKILL)
        }
    }

    package func drop(_ name: String, _ content: String, in folder: String = "") throws {
        // By rename, as a careful program does it.
        try write(name, content, in: folder)
        try reveal(name, in: folder)
    }

    /// The first half of a drop: a file that is not yet to be taken.
    package func write(_ name: String, _ content: String, in folder: String = "") throws {
        try Data(content.utf8).write(to: URL(filePath: place(in: folder) + "." + name))
    }

    package func reveal(_ name: String, in folder: String = "") throws {
        let place = place(in: folder)
        try FileManager.default.moveItem(atPath: place + "." + name, toPath: place + name)
    }

    private func place(in folder: String) -> String { root + "/inbox/" + (folder.isEmpty ? "" : folder + "/") }

    package var isRunning: Bool { state.withLock { $0.daemon?.isRunning ?? false } }

    /// What the daemon says of itself on the bus.
    package func status() async throws -> TriageStatus { try await ask { try await $0.status() } }

    /// A call on the bus.
    package func ask<Answer>(_ question: (TriageClient) async throws -> Answer) async throws -> Answer {
        let connection = try await BusConnection.connect(to: .address(bus.address))
        defer { connection.close() }
        return try await question(TriageClient(connection))
    }

    /// Names that are not hidden.
    package func names(_ folder: String) -> Set<String> {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
        return Set(all.filter { !$0.hasPrefix(".") })
    }

    package var leftovers: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: root + "/outbox/.staging")) ?? []
    }
}
