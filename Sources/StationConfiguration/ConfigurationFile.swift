/// The text of a configuration file: sections, and keys with values, each with the line it stands on. The syntax is that of
/// systemd's own files: `[Section]`, `Key=value`, comments after `#` or `;` at a line's start.
struct ConfigurationFile {
    struct Entry: Hashable {
        let section: String
        let key: String
        let value: String
        /// From 1.
        let line: Int
    }

    let entries: [Entry]
    let problems: [ConfigurationProblem]

    init(_ text: String) {
        var entries: [Entry] = []
        var problems: [ConfigurationProblem] = []
        var section: String?
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = index + 1
            let content = raw.trimmed
            if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
            if content.hasPrefix("["), content.hasSuffix("]") {
                section = String(content.dropFirst().dropLast())
                continue
            }
            guard let equals = content.firstIndex(of: "=") else {
                problems.append(ConfigurationProblem(line: line, "This is neither [Section] nor Key=value: \(content)"))
                continue
            }
            guard let section else {
                problems.append(ConfigurationProblem(line: line, "A key before the first [Section]: \(content)"))
                continue
            }
            entries.append(
                Entry(
                    section: section, key: String(content[..<equals].trimmed),
                    value: String(content[content.index(after: equals)...].trimmed), line: line))
        }
        self.entries = entries
        self.problems = problems
    }
}

/// What is wrong with a configuration, and where.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    /// Nil for what comes from the environment.
    public let line: Int?
    public let message: String

    init(line: Int?, _ message: String) {
        self.line = line
        self.message = message
    }

    public var description: String { line.map { "line \($0): \(message)" } ?? message }
}

extension StringProtocol {
    var trimmed: SubSequence {
        let blanks: Set<Character> = [" ", "\t", "\r"]
        guard let first = firstIndex(where: { !blanks.contains($0) }),
            let last = lastIndex(where: { !blanks.contains($0) })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
