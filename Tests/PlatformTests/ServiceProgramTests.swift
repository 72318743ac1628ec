import Foundation
import TestDeadlines
import Testing

/// A program of its own (`Tests/ServiceProgramCheck`): a process has one way to run its tasks.
struct ServiceProgramTests {
    private static let program: URL? = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return [bundle, own].compactMap(\.self)
            .map { URL(filePath: $0).deletingLastPathComponent().appending(path: "service-check") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    @Test(.enabled(if: program != nil, "service-check is not built"), .timeLimit(.minutes(2)))
    func tasksRunOnThreadsThatSleepWhenThereAreNone() async throws {
        let process = Process()
        let input = Pipe()
        let output = FileManager.default.temporaryDirectory.appending(path: "service-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.executableURL = Self.program
        process.standardInput = input
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        var said: [String: String] = [:]
        try await eventually("its last line") {
            said = try Self.answers(String(contentsOf: output, encoding: .utf8))
            return said["threads"] != nil
        }
        // 200 tasks of 50 steps, each tenth on the main actor as well.
        #expect(said["sum"] == "10000 turns 1000")
        #expect(said["main"] == "true")
        #expect(said["sleeps"] == "20,40,60")
        #expect(said["cancelled"] == "true")
        #expect(said["inherited"] == "lungtriage-task")
        // None of Dispatch's.
        #expect(said["threads"] == "lungtriage-loop,lungtriage-task,service-check")
        try await ThreadActivity.waitForQuiet(of: process.processIdentifier)
        try input.fileHandleForWriting.close()
        #expect(process.waitForEnd() == 0)
    }

    /// Of whole lines: a word, and what is said of it.
    private static func answers(_ text: String) throws -> [String: String] {
        var answers: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(text.filter { $0 == "\n" }.count) {
            let words = line.split(separator: " ", maxSplits: 1)
            answers[String(words[0])] = words.count > 1 ? String(words[1]) : ""
        }
        return answers
    }
}
