import Analysis
import Foundation
import Imaging
import ModelHost
import TestSupport
import Testing

/// A folder that is removed with the test.
final class StudyFolder {
    let url: URL

    init() throws {
        url = URL(filePath: NSTemporaryDirectory()).appending(path: "lungtriage-study-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// What is there, hidden files included.
    var content: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// The project's own plugins, as the build left them.
enum BuiltPlugins {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static var catalog: PluginCatalog {
        get throws {
            PluginCatalog([
                .buildFolder(
                    libraries: try BuildProducts.folder(holding: "libUNetLung.so").path,
                    models: root.appending(path: "Plugins").path)
            ])
        }
    }
}

/// Overlap of what is not 0, or of one label.
func dice(_ a: LabelVolume, _ b: LabelVolume, label: UInt8? = nil) -> Double {
    func counts(_ value: UInt8) -> Bool { label.map { value == $0 } ?? (value != 0) }
    let both = zip(a.voxels, b.voxels).count { counts($0) && counts($1) }
    return 2 * Double(both) / Double(max(1, a.voxels.count(where: counts) + b.voxels.count(where: counts)))
}
