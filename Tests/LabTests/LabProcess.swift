import Foundation

/// The built `lungtriage-lab`, run as a user would.
struct LabProcess {
    let status: Int32
    let output: String
    let errors: String

    /// Runs the program that lies beside the test bundle with `arguments`, to its end.
    init(_ arguments: String..., in folder: URL? = nil, input: String? = nil) throws {
        try self.init(arguments, in: folder, input: input)
    }

    init(_ arguments: [String], in folder: URL? = nil, input: String? = nil) throws {
        try self.init(arguments: arguments, in: folder, input: input)
    }

    init(arguments: [String], in folder: URL? = nil, input: String? = nil) throws {
        let process = Process()
        process.executableURL = try Self.program
        process.arguments = arguments
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

    private static var program: URL {
        get throws {
            // The bundle is the running program's own file, or among its arguments.
            let candidates =
                [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 }
                + CommandLine.arguments.map { URL(filePath: $0) }
            for candidate in candidates {
                let file = candidate.deletingLastPathComponent().appending(path: "lungtriage-lab")
                if FileManager.default.isExecutableFile(atPath: file.path) { return file }
                let inside = candidate.appending(path: "lungtriage-lab")
                if FileManager.default.isExecutableFile(atPath: inside.path) { return inside }
            }
            throw CocoaError(.fileNoSuchFile)
        }
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}
