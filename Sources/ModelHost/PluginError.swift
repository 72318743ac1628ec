/// Why a plugin is refused, or failed, as a value for programs and a sentence for people.
public struct PluginError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; stable across versions, for programs.
    public enum Code: String, Hashable, Sendable, CaseIterable, Codable {
        /// `plugin.json` is missing, unreadable or says nonsense.
        case badManifest
        /// Made for another version of the plugin interface.
        case wrongABI
        /// The library or a file of the model is not the one whose SHA-256 `plugin.json` gives.
        case wrongHash
        /// Someone other than its owner may change the library or the folder that it lies in.
        case unsafePermissions
        /// A plugin with the same id was found before.
        case duplicateIdentifier
        /// dlopen failed, or the library lacks the entry point.
        case notLoadable
        /// The library's own description is incomplete or is not what `plugin.json` says.
        case badDescriptor
        /// No device of this machine suits it.
        case cannotRunHere
        /// A file cannot be read.
        case fileAccess
        /// No plugin has that id or role.
        case notFound
        case cancelled
        /// The plugin does not take this volume.
        case badInput
        /// The plugin cannot use its model folder.
        case badModel
        case outOfMemory
        case deviceFailed
        /// The plugin gave labels that it does not have, or wrote where it should not have.
        case badOutput
        /// The plugin failed for another reason.
        case failed
    }

    public let code: Code
    /// The plugin's id, or its folder where the id is not known.
    public let plugin: String
    /// One sentence that a technician understands, with expected and actual values.
    public let message: String
    /// The lower-level reason.
    public let cause: String?

    public init(_ code: Code, plugin: String, message: String, cause: String? = nil) {
        self.code = code
        self.plugin = plugin
        self.message = message
        self.cause = cause
    }

    public var description: String {
        "plugin \(plugin): \(message)" + (cause.map { " (\($0))" } ?? "") + " [\(code.rawValue)]"
    }
}
