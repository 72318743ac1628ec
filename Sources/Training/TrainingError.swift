/// What can go wrong between data and a trained model, as a value that says where, what was expected and what was found.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Images, labels or models do not fit each other.
        case shapeMismatch
        /// A label is none of the classes.
        case labelOutOfRange
        /// A data set's folder or table is missing something or contradicts itself.
        case malformedDataSet
        /// The loss or the weights became NaN or infinite.
        case diverged
        /// A run's folder belongs to another run.
        case runMismatch
        /// A file cannot be read or written.
        case fileAccess
        /// An argument is outside its range.
        case invalidArgument
        /// The caller cancelled the work.
        case cancelled
        /// The engine failed.
        case engine
        /// An image file cannot be used.
        case imaging
    }

    public let code: Code
    /// The file, run or operation.
    public let subject: String
    /// One sentence that a technician understands, with expected and actual values.
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
}
