import CModelPlugin
import NetworkPlugin

/// Ground-glass opacity, consolidation, pleural effusion. How it was trained: README.md.
@c(lungtriage_plugin_v1)
public func lungtriagePlugin() -> UnsafePointer<lungtriage_plugin>? {
    NetworkPlugin.describe(
        NetworkPluginDefinition(
            id: "unet-multiclass", version: "1.0.0", name: "U-Net lesion kinds", role: .lesionMulticlass,
            labels: [
                .init(value: 1, name: "Ground-glass opacity", abbreviation: "GGO", color: 0x6A80FF),
                .init(value: 2, name: "Consolidation", abbreviation: "CON", color: 0xEE4A00),
                .init(value: 3, name: "Pleural effusion", abbreviation: "EFF", color: 0xFFF51E),
            ], averagesMirrored: true))
}
