import Foundation

/// Messages and progress for people.
enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

    /// Losing a message must not lose the work, so failures to write are ignored.
    static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

/// Results.
enum StandardOutput {
    static func write(_ text: String) throws { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    /// One line of JSON, keys in a fixed order.
    static func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try FileHandle.standardOutput.write(contentsOf: try encoder.encode(value) + Data("\n".utf8))
    }
}
