import Foundation

extension PluginLocation {
    /// Where the plugins of this program are: those that were installed with it, or, for a program started from a build
    /// folder, those built beside it with the sources' model folders. The current folder has no say.
    public static var standard: [PluginLocation] { standard(program: programPath) }

    /// The same for another program, whose path is absolute and without symbolic links: `PREFIX/bin/NAME`, or
    /// `PREFIX/libexec/lungtriage/NAME`.
    public static func standard(program: String) -> [PluginLocation] {
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        if let root = sourceFolder(above: folder) {
            return [.buildFolder(libraries: folder.path, models: root.appending(path: "Plugins").path)]
        }
        var prefix = folder.deletingLastPathComponent()
        if prefix.lastPathComponent == "libexec" { prefix.deleteLastPathComponent() }
        return [.installed(prefix.appending(path: "lib/lungtriage/plugins").path)]
    }

    /// The folder whose build folder (`.build`, `.build-NAME`) holds `folder`.
    private static func sourceFolder(above folder: URL) -> URL? {
        var place = folder
        while place.path != "/" {
            if place.lastPathComponent.hasPrefix(".build") {
                let root = place.deletingLastPathComponent()
                let package = root.appending(path: "Package.swift").path
                return FileManager.default.fileExists(atPath: package) ? root : nil
            }
            place.deleteLastPathComponent()
        }
        return nil
    }

    private static var programPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
    }
}
