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
    }

    func run() async throws {
        try await ExitStatus.asking {
            let client = try await daemon.client()
            let status = try await client.status()
            let printed = Printed(
                version: try await client.version(), status: status.activity.rawValue,
                queueLength: Int(status.queueLength), plugins: status.plugins.map { "\($0.id) \($0.version)" },
                devices: status.devices.map(\.name), tainted: status.tainted)
            if output.json { return try StandardOutput.write(json: printed) }
            let rows =
                [["version", printed.version], ["status", printed.status], ["waiting", "\(printed.queueLength)"]]
                + printed.devices.map { ["device", $0] } + printed.plugins.map { ["plugin", $0] }
                + printed.tainted.map { ["note", $0] }
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
