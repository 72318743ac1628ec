import Foundation

/// A built program, run as a user would, to its end.
public struct CommandProcess {
    public let status: Int32
    public let output: String
    public let errors: String

    /// `environment` is added to this process's own.
    public init(
        _ program: String, _ arguments: [String], in folder: URL? = nil, input: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        let process = Process()
        process.executableURL = try BuildProducts.folder(holding: program).appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let (out, err, standardInput) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = out
        process.standardError = err
        process.standardInput = standardInput
        try process.run()
        if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try standardInput.fileHandleForWriting.close()
        // Error messages are short enough for the pipe's buffer, so reading one after the other cannot block.
        output = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        errors = String(decoding: try err.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        status = process.terminationStatus
    }

    /// The output as a JSON object.
    public func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}

/// What the build left beside the test bundle.
public enum BuildProducts {
    /// The folder that holds a product. Throws `fileNoSuchFile`.
    public static func folder(holding name: String) throws -> URL {
        // The bundle is the running program's own file, or among its arguments.
        let candidates =
            [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 }
            + CommandLine.arguments.map { URL(filePath: $0) }
        for candidate in candidates {
            for folder in [candidate.deletingLastPathComponent(), candidate]
            where FileManager.default.fileExists(atPath: folder.appending(path: name).path) {
                return folder
            }
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
