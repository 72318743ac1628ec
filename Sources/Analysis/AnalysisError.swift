import Imaging
import ModelHost

/// Why a study could not be analysed, as a value for programs and a sentence for people.
public struct AnalysisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable, Codable {
        /// The file is no CT that can be read; `cause` has the reader's code.
        case badInput
        /// No plugin to do the work, or one that fails.
        case plugin
        /// The device that was asked for cannot be used, or failed under way.
        case device
        /// The results cannot be written.
        case output
        case cancelled
    }

    public let code: Code
    /// The study or file that it is about.
    public let subject: String
    /// One sentence that a technician understands.
    public let message: String
    /// The lower-level reason.
    public let cause: String?

    public init(_ code: Code, subject: String, message: String, cause: String? = nil) {
        self.code = code
        self.subject = subject
        self.message = message
        self.cause = cause
    }

    public var description: String {
        "\(subject): \(message)" + (cause.map { " (\($0))" } ?? "") + " [\(code.rawValue)]"
    }

    /// An input that cannot be read.
    init(reading error: ImagingError) {
        self.init(
            .badInput, subject: error.subject, message: error.message,
            cause: [error.code.rawValue, error.cause].compactMap(\.self).joined(separator: ": "))
    }

    init(_ error: PluginError, subject: String) {
        self.init(
            Self.code(of: error), subject: subject, message: error.message,
            cause: "plugin \(error.plugin), \(error.code.rawValue)" + (error.cause.map { ": \($0)" } ?? ""))
    }

    private static func code(of error: PluginError) -> Code {
        switch error.code {
        case .cancelled: .cancelled
        case .deviceFailed: .device
        default: .plugin
        }
    }

    /// A step of the analysis that failed on a volume that was read.
    init(working error: ImagingError, subject: String) {
        self.init(
            .badInput, subject: subject, message: "\(error.subject): \(error.message)", cause: error.code.rawValue)
    }
}
