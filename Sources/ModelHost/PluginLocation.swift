import Digests
import Foundation

/// Where plugins are looked for. Never the current folder: every path is absolute.
public enum PluginLocation: Hashable, Sendable {
    /// A folder whose subfolders each hold `plugin.json`, the library and the weights. Both must be the ones whose hashes
    /// `plugin.json` gives, and nobody but their owner may be able to change them.
    case installed(String)
    /// Libraries as the build left them, and the sources' model folders, `<models>/<Name>/model`. A library is not checked
    /// against a hash, since it is another after every build; weights are.
    case buildFolder(libraries: String, models: String)

    /// Where its files lie, for a process that may read no others.
    public var folders: [String] {
        switch self {
        case .installed(let folder): [folder]
        case .buildFolder(let libraries, let models): [libraries, models]
        }
    }

    /// What the location holds, by name; empty when the folder is not there.
    func candidates() -> [PluginCandidate] {
        func subfolders(_ folder: String) -> [String] {
            guard folder.hasPrefix("/") else { return [] }
            return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        }
        switch self {
        case .installed(let folder):
            return subfolders(folder).map { "\(folder)/\($0)" }.filter(Self.holdsManifest)
                .map { PluginCandidate(folder: $0, libraryFolder: $0, isSealed: true) }
        case .buildFolder(let libraries, let models):
            return subfolders(models).map { "\(models)/\($0)/model" }.filter(Self.holdsManifest)
                .map { PluginCandidate(folder: $0, libraryFolder: libraries, isSealed: false) }
        }
    }

    private static func holdsManifest(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + PluginManifest.fileName)
    }
}

/// A folder that says it holds a plugin.
struct PluginCandidate: Hashable, Sendable {
    let folder: String
    let libraryFolder: String
    /// Whether `plugin.json` must give the library's hash.
    let isSealed: Bool

    /// Checks the files, loads the library, and compares what it says of itself. Nothing of the library runs before its
    /// hash was found right. Throws every code of `PluginError` that concerns loading.
    func load(taken: Set<String>) throws(PluginError) -> Plugin {
        let manifest = try PluginManifest(folder: folder)
        func refused(_ code: PluginError.Code, _ message: String, _ cause: String? = nil) -> PluginError {
            PluginError(code, plugin: manifest.id, message: message, cause: cause)
        }
        guard let abi = ABIVersion(manifest.abi), abi.isUsable else {
            throw PluginError(abi: ABIVersion(manifest.abi) ?? ABIVersion(major: 0, minor: 0), plugin: manifest.id)
        }
        guard !taken.contains(manifest.id) else {
            throw refused(
                .duplicateIdentifier, "A plugin with this id was found before; the one in \(folder) is not used.")
        }
        let hashes = try verifiedHashes(manifest)
        let path = libraryFolder + "/" + manifest.library.file
        let library = try PluginLibrary(path: path, folder: manifest.id)
        let descriptor = library.descriptor
        guard descriptor.id == manifest.id, descriptor.version == manifest.version, descriptor.role == manifest.role
        else {
            throw refused(
                .badDescriptor,
                """
                \(PluginManifest.fileName) says \(manifest.id) \(manifest.version), \(manifest.role.rawValue), but the \
                library says \(descriptor.id) \(descriptor.version), \(descriptor.role.rawValue).
                """)
        }
        return Plugin(
            manifest: manifest, descriptor: descriptor, hashes: hashes, modelFolder: folder, libraryPath: path,
            isSealed: isSealed, library: library)
    }

    /// The SHA-256 of every file, by name, each as `plugin.json` gives it.
    private func verifiedHashes(_ manifest: PluginManifest) throws(PluginError) -> [String: String] {
        var hashes: [String: String] = [:]
        if isSealed { try requireOwnersOnly(folder, plugin: manifest.id) }
        let library = (libraryFolder, manifest.library, isSealed)
        for (place, file, mustHaveHash) in [library] + manifest.weights.map({ (folder, $0, true) }) {
            let path = place + "/" + file.file
            if isSealed { try requireOwnersOnly(path, plugin: manifest.id) }
            let found: String
            do {
                found = try FileDigest.sha256(ofFile: path)
            } catch {
                throw PluginError(
                    .fileAccess, plugin: manifest.id, message: "\(file.file) cannot be read.",
                    cause: "\(error)")
            }
            guard let expected = file.sha256 ?? (mustHaveHash ? nil : found) else {
                throw PluginError(
                    .wrongHash, plugin: manifest.id,
                    message: "\(PluginManifest.fileName) gives no SHA-256 for \(file.file); \"plugins seal\" writes it."
                )
            }
            guard found == expected else {
                throw PluginError(
                    .wrongHash, plugin: manifest.id,
                    message: "\(file.file) was changed: its SHA-256 is \(found), but \(expected) was expected.")
            }
            hashes[file.file] = found
        }
        return hashes
    }

    /// Throws `unsafePermissions` when group or others may write: then a file could be exchanged after it was checked.
    private func requireOwnersOnly(_ path: String, plugin: String) throws(PluginError) {
        // Foundation would look up the owner's name too, which a confined process may not.
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            throw PluginError(.fileAccess, plugin: plugin, message: "\(path) cannot be examined.")
        }
        guard facts.st_mode & 0o022 == 0 else {
            throw PluginError(
                .unsafePermissions, plugin: plugin,
                message: "Others than its owner may change \(path) (mode \(String(facts.st_mode & 0o7777, radix: 8))).")
        }
    }
}
