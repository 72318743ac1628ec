import Foundation
import Testing

/// The programs that were built beside these tests.
enum BuiltPrograms {
    static func folder() throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folders = [bundle, program].compactMap(\.self).map { URL(filePath: $0).deletingLastPathComponent().path }
        return try #require(folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/lungtriaged") })
    }

    /// Has the Makefile work with them.
    static func make(_ arguments: [String]) throws {
        let report = try ProgramReport(
            "/usr/bin/env", ["make", "-s", "-C", Repository.root.path, "BUILD=\(folder())"] + arguments)
        try #require(report.status == 0, "\(report.output)\(report.errors)")
    }

    static func has(_ program: String) -> Bool {
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
    }
}
