import Bus
import BusTestSupport
import Foundation
import Synchronization
import TestDeadlines

/// `lungtriage-notify` as a process, killed with the test.
///
/// @unchecked: Foundation's `Process` may be asked and signalled from any thread; it only does not say so.
final class NotifierProgram: @unchecked Sendable {
    private let process = Process()
    private let ended: AsyncStream<Int32>

    init(_ place: Surroundings, _ arguments: [String], _ environment: [String: String] = [:]) throws {
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        self.ended = ended
        process.executableURL = Self.product("lungtriage-notify")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "DBUS_SESSION_BUS_ADDRESS": place.desktopBus.address, "XDG_STATE_HOME": place.folder.path + "/state",
            "PATH": place.folder.path + "/bin:/usr/bin:/bin",
        ]) { $1 }.merging(environment) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Sends a signal, if one is given, and waits for the end; the exit status.
    func end(_ signal: Int32? = nil) async throws -> Int32 {
        if let signal { kill(process.processIdentifier, signal) }
        for await status in ended { return status }
        throw Timeout(what: "the program ends", seconds: 0)
    }

    /// Of a program built beside the tests.
    static func product(_ name: String) -> URL {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders = [bundle, program].compactMap(\.self).map { URL(filePath: $0).deletingLastPathComponent() }
        return folders.map { $0.appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? URL(filePath: name)
    }
}

/// python-dbusmock's notification daemon, which writes down how it is called.
///
/// @unchecked: as for `NotifierProgram`.
final class MockDaemon: @unchecked Sendable {
    private static let python = URL(filePath: "/usr/bin/python3")
    static let isAvailable: Bool = {
        let process = Process()
        process.executableURL = python
        process.arguments = ["-c", "import dbusmock"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        return process.waitForEnd() == 0
    }()

    private let process = Process()
    private let log: URL
    private let connection: BusConnection

    /// `capabilities`: nil: the mock's own, which are without actions.
    init(on bus: PrivateBus, capabilities: String? = nil) async throws {
        log = FileManager.default.temporaryDirectory.appending(path: "dbusmock-\(UUID().uuidString)")
        connection = try await BusConnection.connect(to: .address(bus.address))
        process.executableURL = Self.python
        process.arguments =
            ["-m", "dbusmock", "--template", "notification_daemon", "--logfile", log.path]
            + (capabilities.map { ["--parameters", "{\"capabilities\": \"\($0)\"}"] } ?? [])
        process.environment = ProcessInfo.processInfo.environment.merging([
            "DBUS_SESSION_BUS_ADDRESS": bus.address
        ]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let name = BusName(literal: "org.freedesktop.Notifications")
        try await eventually("the mock owns its name") { try await connection.owner(of: name) != nil }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: log)
    }

    /// The calls of the method in its log. One call is a time, the method and the arguments, which may have several
    /// lines.
    func calls(_ method: String) -> [String] {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        let starts = text.ranges(of: #/(?m)^[0-9]+\.[0-9]+ /#).map(\.lowerBound)
        return zip(starts, starts.dropFirst() + [text.endIndex]).map { String(text[$0..<$1]) }
            .filter { $0.split(separator: " ").dropFirst().first?.trimmingCharacters(in: .newlines) == method }
    }

    func click(_ id: UInt32) async throws {
        _ = try await connection.call(
            .call(
                BusName(literal: "org.freedesktop.Notifications"),
                BusObjectPath(literal: "/org/freedesktop/Notifications"),
                BusInterfaceName(literal: "org.freedesktop.DBus.Mock"), BusMemberName(literal: "EmitSignal"),
                [
                    .string("org.freedesktop.Notifications"), .string("ActionInvoked"), .string("us"),
                    .array(of: .variant, [.variant(.uint32(id)), .variant(.string("default"))]),
                ]))
    }
}

/// dunst on a virtual screen, by the script that makes the documentation's picture.
enum Desktop {
    static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts/notification-screenshot")
    static let isAvailable =
        MockDaemon.isAvailable && ["dunst", "Xvfb", "import"].allSatisfy { PrivateBus.program($0) != nil }
}

/// A service manager's end of sd_notify.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32
    private let messages = Mutex<[String]>([])

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/sd-\(UUID().uuidString.prefix(8))"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { throw Timeout(what: "a socket is bound", seconds: 0) }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    var received: [String] {
        messages.withLock { messages in
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
                messages.append(String(decoding: bytes.prefix(count), as: UTF8.self))
            }
            return messages
        }
    }
}
