import Bus
import BusTestSupport
import Foundation
import Synchronization

/// The real daemon, with the stub worker, on a bus of its own and in a temporary folder, and what a listener of another
/// process's kind hears of it.
final class Station: Sendable {
    let bus: PrivateBus
    let root: String
    private let listener: Mutex<Task<Void, Never>?> = Mutex(nil)
    private let state = Mutex<(events: [TriageEvent], daemon: Process?)>(([], nil))

    /// `policy`: further rules of the bus.
    init(policy: String = "") throws {
        bus = try PrivateBus(policy: policy)
        root = FileManager.default.temporaryDirectory.path + "/station-" + UUID().uuidString
        for drop in ["/inbox/urgent", "/inbox/stat"] {
            try FileManager.default.createDirectory(atPath: root + drop, withIntermediateDirectories: true)
        }
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

    var events: [TriageEvent] { state.withLock { $0.events } }
    var process: Int32? { state.withLock { $0.daemon?.processIdentifier } }

    /// Of a program built beside the tests.
    static func product(_ name: String) -> URL {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders = [bundle, program].compactMap(\.self).map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.map { $0.appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? URL(filePath: name)
    }

    /// Starts the daemon. Settings by the names of the environment.
    func start(_ settings: [String: String] = [:], stubPause: Double = 0) throws {
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
    func killDaemon() { end(SIGKILL) }
    func stop() { end(SIGTERM) }

    private func end(_ signal: Int32) {
        guard let daemon = state.withLock({ $0.daemon }) else { return }
        kill(daemon.processIdentifier, signal)
        daemon.waitUntilExit()
        state.withLock { $0.daemon = nil }
    }

    /// Kills the daemon's worker processes.
    func killWorkers() {
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

    func drop(_ name: String, _ content: String, in folder: String = "") throws {
        // By rename, as a careful program does it.
        let place = root + "/inbox/" + (folder.isEmpty ? "" : folder + "/")
        try Data(content.utf8).write(to: URL(filePath: place + "." + name))
        try FileManager.default.moveItem(atPath: place + "." + name, toPath: place + name)
    }

    /// Names that are not hidden.
    func names(_ folder: String) -> Set<String> {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
        return Set(all.filter { !$0.hasPrefix(".") })
    }

    var leftovers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: root + "/outbox/.staging")) ?? [] }
}

/// Waits for a condition, and says what it waited for when it does not come.
func eventually(_ what: String, within seconds: Double = 30, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw Timeout(what: what, seconds: seconds)
}

struct Timeout: Error, CustomStringConvertible {
    let what: String
    let seconds: Double
    var description: String { "not within \(seconds) s: \(what)" }
}

/// SplitMix64, so that a seed repeats a run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
