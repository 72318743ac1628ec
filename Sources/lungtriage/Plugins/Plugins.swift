import ArgumentParser

struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, check and sign off plugins.",
        subcommands: [PluginsList.self, PluginsShow.self, PluginsVerify.self, PluginsSeal.self],
        defaultSubcommand: PluginsList.self)
}
