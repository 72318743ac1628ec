/// Why the daemon cannot do what it was asked, as a value for programs and a sentence for people.
public struct TriageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable, Codable {
        /// A key or value of the configuration.
        case configuration
        /// The database of jobs.
        case store
        /// A folder or file that cannot be read, written or moved.
        case files
        case notFound
        case invalidArgument
        /// The job is not in a state that allows it.
        case wrongState
        /// No room, or not now.
        case busy
        /// A worker that cannot be started or does not speak the protocol.
        case worker
    }

    public let code: Code
    /// One sentence that a technician understands.
    public let message: String
    /// The lower-level reason.
    public let cause: String?

    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message + (cause.map { " (\($0))" } ?? "") + " [\(code.rawValue)]" }
}
