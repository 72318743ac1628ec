import Foundation

/// `plugin.json`: what a plugin's folder holds, and the hashes by which it is known to be whole.
public struct PluginManifest: Hashable, Sendable, Codable {
    public struct File: Hashable, Sendable, Codable {
        /// A name in the plugin's folder.
        public var file: String
        /// 64 hexadecimal digits; nil for what was built a moment ago and is not installed.
        public var sha256: String?

        public init(file: String, sha256: String?) {
            self.file = file
            self.sha256 = sha256
        }
    }

    /// Lower-case letters, digits and hyphens.
    public var id: String
    /// For people.
    public var name: String
    public var version: String
    /// The interface that the library was built for, such as `1.0`.
    public var abi: String
    public var role: PluginRole
    public var library: File
    /// The files of the model folder, which is the plugin's folder.
    public var weights: [File]

    public static let fileName = "plugin.json"
    private static let largestFile = 1 << 16

    public init(
        id: String, name: String, version: String, abi: String, role: PluginRole, library: File, weights: [File]
    ) {
        self.id = id
        self.name = name
        self.version = version
        self.abi = abi
        self.role = role
        self.library = library
        self.weights = weights
    }

    /// Reads and checks a folder's `plugin.json`. Throws `badManifest`.
    public init(folder: String) throws(PluginError) {
        let path = folder + "/" + Self.fileName
        func refused(_ message: String, _ cause: String? = nil) -> PluginError {
            PluginError(.badManifest, plugin: folder, message: message, cause: cause)
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.largestFile + 1) ?? Data()
        } catch {
            throw refused("\(Self.fileName) cannot be read.", "\(error.localizedDescription)")
        }
        guard data.count <= Self.largestFile else { throw refused("\(Self.fileName) is larger than 64 KiB.") }
        do {
            self = try JSONDecoder().decode(PluginManifest.self, from: data)
        } catch {
            throw refused("\(Self.fileName) does not describe a plugin.", Self.reason(error))
        }
        if let problem { throw refused("\(Self.fileName) \(problem)") }
    }

    /// What is wrong with the values; nil when nothing is.
    private var problem: String? {
        if !Self.isIdentifier(id) { return "has the id \"\(id)\"; only a–z, 0–9 and hyphens are allowed." }
        if ABIVersion(abi) == nil {
            return "gives \"\(abi)\" as the interface's version; expected two numbers, as in 1.0."
        }
        if weights.isEmpty { return "names no weights." }
        for file in [library] + weights {
            if !Self.isPlainName(file.file) {
                return "names the file \"\(file.file)\"; only names in the plugin's own folder are allowed."
            }
            if let sha256 = file.sha256, !Self.isSHA256(sha256) {
                return "gives \"\(sha256)\" as the SHA-256 of \(file.file); expected 64 hexadecimal digits."
            }
        }
        return nil
    }

    static func isIdentifier(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || 48...57 ~= $0 || $0 == 45 }
    }

    private static func isPlainName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && text.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
    }

    private static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { 48...57 ~= $0 || 97...102 ~= $0 }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the entry \"\(key.stringValue)\" is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            (context.codingPath.map(\.stringValue) + [context.debugDescription]).joined(separator: ": ")
        default: "\(error)"
        }
    }

    /// As it is written to a file: sorted keys, a line per entry.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
