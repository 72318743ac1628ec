import CModelPlugin
import NetworkPlugin

/// Lung fields, lesions in them included. How it was trained: README.md.
@c(lungtriage_plugin_v1)
public func lungtriagePlugin() -> UnsafePointer<lungtriage_plugin>? {
    NetworkPlugin.describe(
        NetworkPluginDefinition(
            id: "unet-lung", version: "1.0.0", name: "U-Net lung fields", role: .lung,
            labels: [.init(value: 1, name: "Lungs", abbreviation: "LUNG", color: 0x42FF9E)]))
}
