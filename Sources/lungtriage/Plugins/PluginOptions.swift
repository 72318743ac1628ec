import ArgumentParser
import Foundation
import ModelHost

/// Where plugins are looked for.
struct PluginOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of installed plugins, one subfolder each, in place of the program's own. May be given several times.",
            valueName: "folder"), completion: .directory)
    var pluginFolder: [String] = []

    var locations: [PluginLocation] {
        guard !pluginFolder.isEmpty else { return PluginLocation.standard }
        return pluginFolder.map { .installed(URL(fileURLWithPath: $0).standardizedFileURL.path) }
    }

    var catalog: PluginCatalog { PluginCatalog(locations) }
}

extension CompletionKind {
    /// The ids of the program's own plugins.
    static let plugin = CompletionKind.custom { _, _, prefix in
        PluginCatalog(PluginLocation.standard).plugins.map(\.id).filter { $0.hasPrefix(prefix) }
    }
}
