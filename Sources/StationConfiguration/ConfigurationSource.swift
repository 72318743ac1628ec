import Foundation

/// Where the daemon's configuration comes from: a file, the environment, and the defaults below both.
public struct ConfigurationSource: Hashable, Sendable {
    public static let systemFile = "/etc/lungtriage/lungtriaged.conf"

    /// Nil: no file.
    public let file: String?
    /// Whether it is an error that the file is not there.
    public let isRequired: Bool
    public let defaults: TriageConfiguration

    /// As the commands' options say it: a folder for everything in place of the system's folders and file, and a file.
    public init(root: String? = nil, file: String? = nil) {
        self.file = file ?? (root == nil ? Self.systemFile : nil)
        isRequired = file != nil
        defaults = TriageConfiguration(
            folders: root.map { FolderLayout(root: URL(fileURLWithPath: $0).standardizedFileURL.path) } ?? .system)
    }

    /// Throws `InvalidConfiguration`, which says line by line what is wrong, or that the file cannot be read.
    public func read(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(InvalidConfiguration) -> TriageConfiguration {
        try TriageConfiguration(text: try text(), environment: environment, defaults: defaults)
    }

    private func text() throws(InvalidConfiguration) -> String {
        guard let file else { return "" }
        guard isRequired || FileManager.default.fileExists(atPath: file) else { return "" }
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            let problem = ConfigurationProblem(
                line: nil, "The file \(file) cannot be read: \(error.localizedDescription)")
            throw InvalidConfiguration(problems: [problem])
        }
    }
}
