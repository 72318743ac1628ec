import Analysis
import ArgumentParser
import ModelHost

/// Exit statuses; the numbers are those of sysexits.h where it has one.
enum ExitStatus {
    static let failed = ExitCode(1)
    static let badInput = ExitCode(65)
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
            case .plugin, .output: throw failed
            case .cancelled: throw interrupted
            }
        } catch let error as PluginError {
            StandardError.write("lungtriage: \(error)\n")
            throw failed
        }
    }
}
