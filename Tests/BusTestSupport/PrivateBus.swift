import Foundation
import Synchronization
import TestDeadlines

/// A bus of its own for a test: dbus-daemon on a socket in a temporary folder, with a session bus's policy.
///
/// @unchecked: `process` is guarded by the lock.
public final class PrivateBus: @unchecked Sendable {
    public struct Failure: Error { public let message: String }

    public static let isAvailable = program("dbus-daemon") != nil

    /// What clients connect to; the same after a restart.
    public let address: String
    private let folder: URL
    private let lock = Mutex(())
    private var process: Process?

    /// Starts the daemon and waits until it listens.
    ///
    /// - Parameter policy: further rules of `<policy context="default">`.
    public init(policy: String = "") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bus-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        address = "unix:path=\(folder.path)/bus"
        try Self.configuration(address: address, policy: policy)
            .write(to: folder.appending(path: "bus.conf"), atomically: true, encoding: .utf8)
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts the daemon on the same address, after ``stop()``.
    public func start() throws {
        guard let program = Self.program("dbus-daemon") else { throw Failure(message: "dbus-daemon is not installed") }
        try lock.withLock { _ in
            guard process == nil else { return }
            try? FileManager.default.removeItem(at: folder.appending(path: "bus"))
            let daemon = Process()
            daemon.executableURL = program
            daemon.arguments = ["--config-file=\(folder.path)/bus.conf", "--nofork", "--print-address"]
            let output = Pipe()
            daemon.standardOutput = output
            daemon.standardError = FileHandle.nullDevice
            try daemon.run()
            // It prints its address when it listens, and nothing else.
            guard let line = try output.fileHandleForReading.read(upToCount: 5), line == Data("unix:".utf8) else {
                daemon.terminate()
                throw Failure(message: "dbus-daemon does not start")
            }
            process = daemon
        }
    }

    /// Kills the daemon, as a crash would.
    public func stop() {
        lock.withLock { _ in
            guard let process else { return }
            kill(process.processIdentifier, SIGKILL)
            process.waitForEnd()
            self.process = nil
        }
    }

    public func restart() throws {
        stop()
        try start()
    }

    /// A program of the search path.
    public static func program(_ name: String) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin", "/bin"]
        return folders.map { URL(filePath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private static func configuration(address: String, policy: String) -> String {
        """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>session</type>
          <keep_umask/>
          <listen>\(address)</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
            \(policy)
          </policy>
          <limit name="max_replies_per_connection">50000</limit>
          <limit name="max_match_rules_per_connection">50000</limit>
        </busconfig>

        """
    }
}
