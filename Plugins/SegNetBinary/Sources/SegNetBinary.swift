import CModelPlugin
import NetworkPlugin

/// Infected or not. How it was trained: README.md.
@c(lungtriage_plugin_v1)
public func lungtriagePlugin() -> UnsafePointer<lungtriage_plugin>? {
    NetworkPlugin.describe(
        NetworkPluginDefinition(
            id: "segnet-binary", version: "1.0.0", name: "SegNet infection", role: .lesionBinary,
            labels: [.init(value: 1, name: "Infected", abbreviation: "INF", color: 0xEE4A00)], averagesMirrored: true))
}
