import ModelHost

/// The plugins that an analysis uses, opened once and warm for every study after.
///
/// Not `Sendable`, as sessions are not: it stays with who opened it.
public final class PluginSet {
    /// Nil when lung fields are found by the classical method alone.
    let lung: PluginSession?
    let lesions: [PluginSession]

    /// Opens the lung plugin and the lesion plugins of a catalogue, each on the device that it rates highest: the first of
    /// each role, or the ones that `ids` names, in the order lung, multi-class, binary.
    ///
    /// Throws `AnalysisError` with the code `plugin` when none of the lesion plugins can be opened, or one that was asked
    /// for by name cannot.
    public init(
        _ catalog: PluginCatalog, ids: [String] = [], devices: [ComputeDevice],
        log: @escaping @Sendable (PluginLogLevel, String) -> Void = { _, _ in }
    ) throws(AnalysisError) {
        func open(_ plugin: Plugin) throws(PluginError) -> PluginSession {
            try plugin.open(on: try plugin.preferredDevice(among: devices), log: log)
        }
        do {
            let named = try ids.map { (id) throws(PluginError) in try catalog.plugin(id) }
            func chosen(_ role: PluginRole) -> [Plugin] {
                named.isEmpty ? Array(catalog.plugins(of: role).prefix(1)) : named.filter { $0.role == role }
            }
            lung = try (chosen(.lung).first ?? catalog.plugins(of: .lung).first).map(open)
            lesions = try (chosen(.lesionMulticlass) + chosen(.lesionBinary)).map(open)
        } catch {
            throw AnalysisError(error, subject: "plugins")
        }
        guard !lesions.isEmpty else {
            let reasons = catalog.refusals.map(\.error.description).joined(separator: "; ")
            throw AnalysisError(
                .plugin, subject: "plugins", message: "There is no plugin that finds lesions.",
                cause: reasons.isEmpty ? nil : reasons)
        }
    }

    /// The plugins that are open, each with the device that it works on, the lung plugin first.
    public var used: [(plugin: Plugin, device: ComputeDevice)] { sessions.map { ($0.plugin, $0.device) } }

    /// All that are open, the lung plugin first.
    var sessions: [PluginSession] { (lung.map { [$0] } ?? []) + lesions }
}
