import ArgumentParser
import Bus
import Foundation

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what the daemon is doing.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: OutputOptions

    private struct Printed: Encodable {
        let version: String
        let status: String
        let queueLength: Int
        let plugins: [String]
        let devices: [String]
        let tainted: [String]
        let troubles: [String]
    }

    func run() async throws {
        try await ExitStatus.asking {
            let client = try await daemon.client()
            let status = try await client.status()
            let printed = Printed(
                version: try await client.version(), status: status.activity.rawValue,
                queueLength: Int(status.queueLength), plugins: status.plugins.map { "\($0.id) \($0.version)" },
                devices: status.devices.map(\.name), tainted: status.tainted,
                troubles: status.troubles)
            if output.json { return try StandardOutput.write(json: printed) }
            var rows: [[TextTable.Cell]] = [
                ["version", "\(printed.version)"], ["status", TextTable.Cell(printed.status, status.activity.style)],
                ["waiting", "\(printed.queueLength)"],
            ]
            rows += printed.devices.map { ["device", "\($0)"] } + printed.plugins.map { ["plugin", "\($0)"] }
            rows += printed.tainted.map { ["note", "\($0)"] }
            rows += printed.troubles.map { ["trouble", TextTable.Cell($0, .bad)] }
            try StandardOutput.write(TextTable.text(rows))
        }
    }
}

struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let no more studies begin; those that run go on. Holds until resume, over restarts too.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().pause(isInteractive: true) }
    }
}

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let studies begin again.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking { try await daemon.client().resume(isInteractive: true) }
    }
}

struct Reload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon read its configuration anew; what needs a restart is said.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await ExitStatus.asking {
            for late in try await daemon.client().reload(isInteractive: true) { try StandardOutput.write(late + "\n") }
        }
    }
}

extension TriageStatus.Activity {
    fileprivate var style: TerminalStyle? {
        switch self {
        case .idle, .working: .good
        case .paused: .caution
        case .degraded: .bad
        case .starting, .stopping, .unknown: nil
        }
    }
}
