import Bus
import ModelHost

extension Check {
    /// The plugins as the worker will find them: hashes, permissions, handshake.
    static let plugins = Check(name: "plugins") { examination in
        let configuration = examination.usable
        let locations = configuration.pluginFolder.map { [PluginLocation.installed($0)] } ?? PluginLocation.standard
        let catalog = PluginCatalog(locations)
        var findings: [Finding] = catalog.refusals.map { refusal in
            .failed(
                "plugins", "\(refusal.folder): \(refusal.error.message)",
                mend: refusal.error.remedy(folder: refusal.folder))
        }
        for id in configuration.plugins where !catalog.plugins.contains(where: { $0.id == id }) {
            findings.append(
                .failed(
                    "plugins", "The configuration names \(id), which there is not.",
                    mend: "Correct Plugins in [Workers]; \"lungtriage plugins\" says what there is"))
        }
        if catalog.plugins(of: .lesionBinary).isEmpty, catalog.plugins(of: .lesionMulticlass).isEmpty {
            let places = locations.map(\.folder).joined(separator: ", ")
            findings.append(
                .failed(
                    "plugins", "No plugin finds lesions in \(places).",
                    mend: "Install the package with the plugins, or set PluginFolder in [Workers]"))
        }
        let unsealed = catalog.plugins.filter { !$0.isSealed }.map(\.id)
        if !unsealed.isEmpty {
            findings.append(
                .warning(
                    "plugins",
                    "Nobody signed off \(unsealed.joined(separator: ", ")): they are used as they were built.",
                    mend: "Install them (make install), or sign them off: lungtriage plugins seal FOLDER"))
        }
        let sealed = catalog.plugins.filter(\.isSealed).map { "\($0.id) \($0.manifest.version)" }
        if !sealed.isEmpty {
            findings.append(.ok("plugins", "Hashes and permissions are right: \(sealed.joined(separator: ", "))."))
        }
        return findings
    }

    /// Whether workers run, and as they should.
    static let devices = Check(name: "devices") { examination in
        guard case .daemon(_, _, let status) = examination.reach else {
            return [.skipped("devices", "The daemon cannot be asked.")]
        }
        guard !status.devices.isEmpty else {
            return [
                .failed("devices", "No worker is ready.", mend: "If it stays so, see \(examination.log)")
            ]
        }
        let names = status.devices.map(\.name).joined(separator: ", ")
        let plugins = status.plugins.map(\.id).joined(separator: ", ")
        // What the check of plugins has found as well is not told twice.
        let unsealed = Set(status.plugins.map { "The plugin \($0.id) is not sealed." })
        let notes: [Finding] = status.tainted.filter { !unsealed.contains($0) }.map {
            .warning("devices", $0, mend: "See \(examination.log) of when the worker was started")
        }
        return notes + [
            .ok("devices", "A worker is ready on \(names) with \(plugins.isEmpty ? "no plugins" : plugins).")
        ]
    }
}

extension PluginLocation {
    fileprivate var folder: String {
        switch self {
        case .installed(let folder): folder
        case .buildFolder(let libraries, _): libraries
        }
    }
}

extension PluginError {
    fileprivate func remedy(folder: String) -> String {
        switch code {
        case .unsafePermissions: "sudo chmod -R go-w \(folder)"
        case .wrongHash: "Install it anew; if you changed it yourself: sudo lungtriage plugins seal \(folder)"
        case .fileAccess: "sudo chmod -R a+rX \(folder)"
        case .duplicateIdentifier: "Remove one of the two"
        default: "Install the version of the plugin that belongs to this version of lungtriage"
        }
    }
}
