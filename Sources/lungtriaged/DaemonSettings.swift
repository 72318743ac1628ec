import Foundation
import StationConfiguration
import Triage

/// Where the configuration comes from, now and at every reload.
struct DaemonSettings: Sendable {
    /// Nil: defaults only.
    let file: String?
    /// Whether it is an error that the file is not there.
    let isRequired: Bool
    let defaults: TriageConfiguration

    /// Throws `InvalidConfiguration`, and `TriageError` with the code `configuration` when the file cannot be read.
    func read() throws -> TriageConfiguration {
        try TriageConfiguration(
            text: try text(), environment: ProcessInfo.processInfo.environment, defaults: defaults)
    }

    private func text() throws -> String {
        guard let file else { return "" }
        guard isRequired || FileManager.default.fileExists(atPath: file) else { return "" }
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw TriageError(
                .configuration, "The configuration cannot be read: \(file).", cause: "\(error.localizedDescription)")
        }
    }
}
