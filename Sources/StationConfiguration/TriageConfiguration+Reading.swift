extension TriageConfiguration {
    /// The configuration that a file's text and the environment make of the defaults; the environment has the last word.
    /// Or all that is wrong with them, line by line.
    public init(
        text: String, environment: [String: String] = [:], defaults: TriageConfiguration
    ) throws(InvalidConfiguration) {
        var configuration = defaults
        let file = ConfigurationFile(text)
        var problems = file.problems
        var seen: [String: Int] = [:]
        for entry in file.entries {
            guard let key = ConfigurationKey.all.first(where: { $0.section == entry.section && $0.name == entry.key })
            else {
                problems.append(ConfigurationProblem(line: entry.line, Self.unknown(entry)))
                continue
            }
            if let earlier = seen.updateValue(entry.line, forKey: key.variable) {
                problems.append(
                    ConfigurationProblem(line: entry.line, "\(entry.key) stands on line \(earlier) already."))
            }
            if let wrong = key.read(entry.value, &configuration) {
                problems.append(
                    ConfigurationProblem(line: entry.line, "\(entry.key) \(wrong), not \"\(entry.value)\"."))
            }
        }
        for key in ConfigurationKey.all {
            guard let value = environment[key.variable] else { continue }
            if let wrong = key.read(value, &configuration) {
                problems.append(ConfigurationProblem(line: nil, "\(key.variable) \(wrong), not \"\(value)\"."))
            }
        }
        let folders = configuration.folders
        let own = [folders.outbox, folders.archive, folders.failed, folders.state]
        if own.contains(where: { $0 == folders.inbox || $0.hasPrefix(folders.inbox + "/") }) {
            problems.append(ConfigurationProblem(line: nil, "No other folder may lie in the inbox."))
        }
        guard problems.isEmpty else { throw InvalidConfiguration(problems: problems) }
        self = configuration
    }

    /// The keys whose new values a running daemon does not take over.
    public func changesThatNeedRestart(to other: TriageConfiguration) -> [String] {
        ConfigurationKey.all.filter { !$0.isLive && $0.write(self) != $0.write(other) }.map(\.name)
    }

    /// Every key with its section and this configuration's value, and whether a change needs a restart.
    public var keys: [(section: String, name: String, value: String, needsRestart: Bool)] {
        ConfigurationKey.all.map { ($0.section, $0.name, $0.write(self), !$0.isLive) }
    }

    private static func unknown(_ entry: ConfigurationFile.Entry) -> String {
        let sections = ConfigurationKey.all.filter { $0.name == entry.key }.map(\.section)
        if let section = sections.first { return "\(entry.key) belongs to [\(section)], not to [\(entry.section)]." }
        let known = ConfigurationKey.all.filter { $0.section == entry.section }.map(\.name)
        guard !known.isEmpty else { return "There is no section [\(entry.section)]." }
        return "[\(entry.section)] has no \(entry.key); it has \(known.joined(separator: ", "))."
    }
}

/// A configuration that cannot be used.
public struct InvalidConfiguration: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
