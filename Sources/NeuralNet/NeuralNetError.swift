/// What can go wrong in the engine, as a value that says which operation, what it expected and what it got.
public struct NeuralNetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A tensor's shape does not fit the operation.
        case shapeMismatch
        /// A parameter the network needs is not in the file, or one in the file is not in the network.
        case parameterMismatch
        /// A weight, input or loss is NaN or infinite.
        case notFinite
        /// The work needs more memory than is allowed or available.
        case outOfMemory
        /// A file cannot be read or written.
        case fileAccess
        /// A file is truncated, corrupt or not of the format its name claims.
        case malformedFile
        /// The file or network uses something this version does not know.
        case unsupported
        /// An argument is outside its range.
        case invalidArgument
        /// The caller cancelled the work.
        case cancelled
        /// A device failed.
        case device
    }

    public let code: Code
    /// The operation or layer that failed, for example `convolution "encoder.0.conv1"`.
    public let operation: String
    /// One sentence that a technician understands, with expected and actual values.
    public let message: String
    /// The lower-level reason, such as the text of `errno`.
    public let cause: String?

    public init(_ code: Code, operation: String, message: String, cause: String? = nil) {
        self.code = code
        self.operation = operation
        self.message = message
        self.cause = cause
    }

    public var description: String {
        "\(operation): \(message)" + (cause.map { " (\($0))" } ?? "") + " [\(code.rawValue)]"
    }
}
