import ModelHost

/// The plugins that an analysis uses, opened once and warm for every study after.
///
/// Not `Sendable`, as sessions are not: it stays with who opened it.
public final class PluginSet {
    /// Nil when lung fields are found by the classical method alone.
    let lung: PluginSession?
    let lesions: [PluginSession]

    /// Opens the lung plugin and the lesion plugins of a catalogue, each on the device that it rates highest: the first of
    /// each role, or the ones that `ids` names, in the order lung, multi-class, binary. With `fallsBack` a plugin that the
    /// device's failure keeps from being opened there is opened on the next best, and `log` is told.
    ///
    /// Throws `AnalysisError` with the code `plugin` when none of the lesion plugins can be opened, or one that was asked
    /// for by name cannot, `device` when the device is the reason.
    public init(
        _ catalog: PluginCatalog, ids: [String] = [], devices: [ComputeDevice], fallsBack: Bool = false,
        log: @escaping @Sendable (PluginLogLevel, String) -> Void = { _, _ in }
    ) throws(AnalysisError) {
        func open(_ plugin: Plugin) throws(PluginError) -> PluginSession {
            try Self.open(plugin, devices, fallsBack: fallsBack, log)
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

    private static func open(
        _ plugin: Plugin, _ devices: [ComputeDevice], fallsBack: Bool,
        _ log: @escaping @Sendable (PluginLogLevel, String) -> Void
    ) throws(PluginError) -> PluginSession {
        let device = try plugin.preferredDevice(among: devices)
        do {
            return try plugin.open(on: device, log: log)
        } catch {
            let rest = devices.filter { $0 != device }
            guard fallsBack, [.deviceFailed, .outOfMemory].contains(error.code), device.kind != .cpu, !rest.isEmpty
            else { throw error }
            log(.warning, "\(plugin.id) does not run on \(device), and gets another device: \(error.message)")
            return try open(plugin, rest, fallsBack: fallsBack, log)
        }
    }

    /// The plugins that are open, each with what it works on, the lung plugin first.
    public var used: [(plugin: Plugin, work: ComputeWork)] { sessions.map { ($0.plugin, $0.work) } }

    /// All that are open, the lung plugin first.
    var sessions: [PluginSession] { (lung.map { [$0] } ?? []) + lesions }
}
