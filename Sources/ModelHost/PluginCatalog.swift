/// The plugins of some locations: those that can be used, and why the others cannot.
public struct PluginCatalog: Sendable {
    /// A folder that holds no usable plugin.
    public struct Refusal: Hashable, Sendable {
        public let folder: String
        public let error: PluginError
    }

    /// In the order in which they were found: locations as given, folders by name.
    public let plugins: [Plugin]
    public let refusals: [Refusal]

    /// Looks through the locations; of plugins with the same id the first is used. Loads the libraries of all that pass.
    public init(_ locations: [PluginLocation]) {
        var plugins: [Plugin] = []
        var refusals: [Refusal] = []
        var taken: Set<String> = []
        for candidate in locations.flatMap({ $0.candidates() }) {
            do {
                let plugin = try candidate.load(taken: taken)
                taken.insert(plugin.id)
                plugins.append(plugin)
            } catch {
                refusals.append(Refusal(folder: candidate.folder, error: error))
            }
        }
        self.plugins = plugins
        self.refusals = refusals
    }

    /// The plugin with an id; throws `notFound`, or why that plugin was refused.
    public func plugin(_ id: String) throws(PluginError) -> Plugin {
        if let found = plugins.first(where: { $0.id == id }) { return found }
        if let refusal = refusals.first(where: { $0.error.plugin == id }) { throw refusal.error }
        let known = plugins.map(\.id).joined(separator: ", ")
        throw PluginError(
            .notFound, plugin: id,
            message: known.isEmpty ? "There are no usable plugins." : "There is none; these are there: \(known).")
    }

    public func plugins(of role: PluginRole) -> [Plugin] { plugins.filter { $0.role == role } }
}
