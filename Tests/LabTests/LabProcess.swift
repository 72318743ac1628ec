import Foundation
import TestSupport

/// The built `lungtriage-lab`, run as a user would.
struct LabProcess {
    private let process: CommandProcess
    var status: Int32 { process.status }
    var output: String { process.output }
    var errors: String { process.errors }

    init(_ arguments: String..., in folder: URL? = nil, input: String? = nil) throws {
        try self.init(arguments, in: folder, input: input)
    }

    /// `environment` is added to the test's own.
    init(
        _ arguments: [String], in folder: URL? = nil, input: String? = nil, environment: [String: String] = [:]
    ) throws {
        process = try CommandProcess("lungtriage-lab", arguments, in: folder, input: input, environment: environment)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] { try process.json() }
}
