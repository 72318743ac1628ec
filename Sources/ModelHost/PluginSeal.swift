import Digests
import Foundation

/// Writes the hashes of a plugin's files into its `plugin.json`: whoever does it signs the plugin off.
public enum PluginSeal {
    /// Throws `badManifest`, `fileAccess`.
    public static func seal(folder: String) throws(PluginError) -> PluginManifest {
        var manifest = try PluginManifest(folder: folder)
        do {
            manifest.library.sha256 = try FileDigest.sha256(ofFile: folder + "/" + manifest.library.file)
            for index in manifest.weights.indices {
                manifest.weights[index].sha256 = try FileDigest.sha256(
                    ofFile: folder + "/" + manifest.weights[index].file)
            }
            try manifest.encoded().write(
                to: URL(fileURLWithPath: folder + "/" + PluginManifest.fileName), options: .atomic)
        } catch {
            throw PluginError(
                .fileAccess, plugin: manifest.id, message: "The plugin cannot be sealed.",
                cause: "\(error)")
        }
        return manifest
    }
}
