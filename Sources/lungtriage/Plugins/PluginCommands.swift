import ArgumentParser
import Foundation
import ModelHost

/// A plugin as the commands print it.
private struct PluginSummary: Encodable {
    struct Label: Encodable {
        let value: UInt8
        let name: String
        let abbreviation: String
        /// `#rrggbb`
        let color: String
    }

    let id: String
    let name: String
    let version: String
    let role: String
    let abi: String
    let labels: [Label]
    let domain: PluginDomain
    let library: String
    let modelFolder: String
    let files: [String: String]
    /// 0: cannot run there.
    let cpuScore: UInt32

    init(_ plugin: Plugin) {
        id = plugin.id
        name = plugin.descriptor.name
        version = plugin.manifest.version
        role = plugin.role.rawValue
        abi = "\(plugin.descriptor.abi)"
        labels = plugin.descriptor.labels.map {
            Label(
                value: $0.value, name: $0.name, abbreviation: $0.abbreviation, color: String(format: "#%06x", $0.color))
        }
        domain = plugin.descriptor.domain
        library = plugin.libraryPath
        modelFolder = plugin.modelFolder
        files = plugin.hashes
        cpuScore = plugin.score(on: ComputeDevice(.cpu, threads: 1))
    }
}

private struct RefusalSummary: Encodable {
    let folder: String
    let code: String
    let message: String
}

private struct CatalogSummary: Encodable {
    let plugins: [PluginSummary]
    let refused: [RefusalSummary]

    init(_ catalog: PluginCatalog) {
        plugins = catalog.plugins.map(PluginSummary.init)
        refused = catalog.refusals.map {
            RefusalSummary(folder: $0.folder, code: $0.error.code.rawValue, message: $0.error.message)
        }
    }
}

struct PluginsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Which plugins can be used, and why the others cannot.")

    @OptionGroup var plugins: PluginOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let catalog = plugins.catalog
        if json { return try StandardOutput.write(json: CatalogSummary(catalog)) }
        let width = catalog.plugins.map(\.id.count).max() ?? 0
        for plugin in catalog.plugins {
            let id = plugin.id.padding(toLength: width, withPad: " ", startingAt: 0)
            let role = plugin.role.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
            try StandardOutput.write("\(id)  \(role)  \(plugin.manifest.version)  \(plugin.descriptor.name)\n")
        }
        for refusal in catalog.refusals {
            try StandardOutput.write("refused  \(refusal.folder): \(refusal.error.message)\n")
        }
        if catalog.plugins.isEmpty, catalog.refusals.isEmpty { StandardError.write("There are no plugins.\n") }
    }
}

struct PluginsShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "All about one plugin.")

    @Argument(help: "The plugin's id.", completion: .plugin) var id: String
    @OptionGroup var plugins: PluginOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let summary = PluginSummary(try plugins.catalog.plugin(id))
            if json { return try StandardOutput.write(json: summary) }
            var lines = [
                "\(summary.name), \(summary.id) \(summary.version)", "role       \(summary.role)",
                "interface  \(summary.abi)", "library    \(summary.library)", "model      \(summary.modelFolder)",
            ]
            lines += summary.labels.map { "label \($0.value)    \($0.name) (\($0.abbreviation), \($0.color))" }
            lines += summary.files.sorted { $0.key < $1.key }.map { "sha256     \($0.value)  \($0.key)" }
            try StandardOutput.write(lines.joined(separator: "\n") + "\n")
        }
    }
}

struct PluginsVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check hashes, permissions and handshake of every plugin; 1 if one fails.")

    @OptionGroup var plugins: PluginOptions

    func run() throws {
        let catalog = plugins.catalog
        for plugin in catalog.plugins { try StandardOutput.write("ok       \(plugin.id) \(plugin.manifest.version)\n") }
        for refusal in catalog.refusals {
            try StandardOutput.write("refused  \(refusal.folder): \(refusal.error.message) [\(refusal.error.code)]\n")
        }
        guard catalog.refusals.isEmpty, !catalog.plugins.isEmpty else { throw ExitStatus.failed }
    }
}

struct PluginsSeal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Sign a plugin off: write the SHA-256 of its files into its plugin.json.")

    @Argument(help: "The plugin's folder.", completion: .directory) var folder: String

    func run() throws {
        try ExitStatus.guarding {
            let manifest = try PluginSeal.seal(folder: URL(fileURLWithPath: folder).standardizedFileURL.path)
            for file in [manifest.library] + manifest.weights {
                try StandardOutput.write("\(file.sha256 ?? "")  \(file.file)\n")
            }
        }
    }
}
