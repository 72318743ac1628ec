/// What can go wrong between a file and a volume, as a value that says where, what was expected and what was found.
public struct ImagingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A file cannot be opened, read or written.
        case fileAccess
        /// The file is not a NIfTI file, though its name may say so.
        case notNIfTI
        /// The header contradicts itself or holds values that no scanner writes.
        case malformedHeader
        /// The file ends before its voxels do.
        case truncated
        /// The compressed stream is damaged.
        case corruptStream
        /// The file uses something valid that this program does not take: complex or colour voxels, several volumes.
        case unsupported
        /// The volume is larger than the configured maximum, or larger than its file could possibly hold.
        case tooLarge
        /// Voxels are NaN or infinite.
        case notFinite
        /// A file that was written does not say, when it is read again, what it should.
        case notVerified
        /// Two volumes that must lie on the same grid do not.
        case gridMismatch
        /// An argument is outside its range.
        case invalidArgument
    }

    public let code: Code
    /// The file or operation, for example `scan.nii.gz`.
    public let subject: String
    /// One sentence that a technician understands, with expected and actual values.
    public let message: String
    /// The lower-level reason, such as the text of `errno`.
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
