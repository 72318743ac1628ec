import Analysis
import ArgumentParser
import Bus
import ModelHost

/// Exit statuses; the numbers are those of sysexits.h where it has one.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let badInput = ExitCode(65)
    static let unavailable = ExitCode(69)
    static let tryLater = ExitCode(75)
    /// 128 + SIGINT, as shells say it.
    static let interrupted = ExitCode(130)

    /// Runs a command's work; a failure is said on stderr and becomes the exit status.
    static func guarding(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as AnalysisError {
            StandardError.write("lungtriage: \(error)\n")
            switch error.code {
            case .badInput: throw badInput
            case .plugin, .device, .output: throw failed
            case .cancelled: throw interrupted
            }
        } catch let error as PluginError {
            StandardError.write("lungtriage: \(error)\n")
            throw failed
        }
    }

    /// The same for what is asked of the daemon.
    static func asking(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as BusError {
            StandardError.write("lungtriage: \(text(of: error))\n")
            switch error.code {
            case .unavailable, .cannotConnect, .badAddress, .disconnected, .timedOut: throw unavailable
            case .busy: throw tryLater
            default: throw failed
            }
        }
    }

    private static func text(of error: BusError) -> String {
        switch error.code {
        case .unavailable: "The daemon is not running: start it with \"systemctl start lungtriaged\" (\(error.message))"
        case .cannotConnect, .badAddress: "There is no bus to reach the daemon on. \(error.message)"
        case .accessDenied:
            "The bus does not let this user call the daemon: members of the group lungtriage may (lungtriage doctor)."
        default: error.message
        }
    }
}
