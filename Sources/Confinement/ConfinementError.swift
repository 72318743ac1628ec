/// Why a process could not be confined.
public struct ConfinementError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// Threads run already, which Landlock would not hold.
        case threads
        /// A folder that is to be written is not there or cannot be opened.
        case path
        /// The kernel refuses what it says it can.
        case kernel
    }

    public let code: Code
    public let message: String
    public let cause: String?

    init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message + (cause.map { " (\($0))" } ?? "") }
}
