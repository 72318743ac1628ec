/// Why a job has no result.
public struct JobFailure: Hashable, Sendable, Codable {
    /// Such as `badInput`, `workerCrashed`; stable across versions.
    public let code: String
    /// One sentence that a technician understands.
    public let message: String
    public let detail: String?

    public init(code: String, message: String, detail: String? = nil) {
        self.code = code
        self.message = message
        self.detail = detail
    }
}
