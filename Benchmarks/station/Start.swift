import ArgumentParser
import Foundation
import StationTestSupport
import TestDeadlines

/// A station where nothing happens.
struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "From start to READY, and what an idle daemon costs.")

    @Option(help: "Starts.") var starts = 5
    @Option(help: "Seconds to watch the idle daemon for.") var idle = 60.0

    func run() async throws {
        var durations: [Duration] = []
        for _ in 0..<starts { durations.append(try await startOnce()) }
        print("start → READY  \(Spread(durations))")
        let station = try Station(hears: false)
        try station.start()
        // Everything that belongs to the start is over.
        try await Task.sleep(for: .seconds(5))
        let before = ProcessReadings(of: station.process ?? 0)
        try await Task.sleep(for: .seconds(idle))
        let after = ProcessReadings(of: station.process ?? 0)
        guard before.resident > 0, after.resident > 0 else { throw DaemonEnded() }
        print(
            "idle for \(Int(idle)) s: resident \(Spread.text(after.resident)) MB, "
                + "anonymous \(Spread.text(after.anonymous)) MB, "
                + "\(Spread.text(Double(after.wakeUps(since: before)) / idle)) wake-ups and "
                + "\(Spread.text((after.processorSeconds - before.processorSeconds) / idle * 1e3)) ms CPU a second")
        station.stop()
    }

    private func startOnce() async throws -> Duration {
        let station = try Station(hears: false)
        let socket = try NotifySocket(path: station.root + "/notify")
        let start = ContinuousClock.now
        try station.start(["NOTIFY_SOCKET": station.root + "/notify"])
        try await eventually("READY", every: .milliseconds(1)) { socket.heard("READY=1") }
        let duration = ContinuousClock.now - start
        station.stop()
        return duration
    }
}

struct DaemonEnded: Error, CustomStringConvertible {
    var description: String { "The daemon has ended by itself." }
}

/// What systemd would listen on.
final class NotifySocket {
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit { close(descriptor) }

    func heard(_ line: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 && String(decoding: bytes.prefix(count), as: UTF8.self).contains(line)
    }
}
