import Analysis
import Foundation
import Imaging
import ModelHost
import Testing

/// The plugins and weights of this repository, as a user gets them.
@Suite struct ShippedPluginTests {
    @Test func allAreWholeAndFitTheirManifests() throws {
        let catalog = try BuiltPlugins.catalog
        #expect(catalog.refusals.isEmpty, "\(catalog.refusals.map(\.error))")
        #expect(Set(catalog.plugins.map(\.role)) == Set(PluginRole.allCases))
    }

    /// The agreed limit for the repository's weights.
    @Test func theWeightsAreSmall() throws {
        let bytes = try BuiltPlugins.catalog.plugins.reduce(0) { total, plugin in
            let path = plugin.modelFolder + "/model.safetensors"
            return total + (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
        }
        #expect(1_000_000..<80_000_000 ~= bytes)
    }

    /// They are asked before anything but the header was read.
    @Test func anySizeHasAnEstimate() throws {
        for plugin in try BuiltPlugins.catalog.plugins {
            for kind in [ComputeDevice.Kind.cpu, .cuda(ordinal: 0)] {
                func estimate(_ side: Int) -> UInt64 {
                    plugin.memoryEstimate(
                        columns: side, rows: side, slices: 1, on: ComputeDevice(kind, threads: 1))
                }
                #expect(500_000_000..<1_000_000_000 ~= estimate(512), "\(plugin.id) on \(kind)")
                #expect(estimate(.max) > 1 << 60, "\(plugin.id) on \(kind)")
            }
        }
    }

    @Test func everyModelHasItsCard() throws {
        let plugins = try BuiltPlugins.catalog.plugins
        #expect(!plugins.isEmpty)
        for plugin in plugins {
            let folder = URL(filePath: plugin.modelFolder).deletingLastPathComponent()
            let card = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
            for part in ["Research use", "Data", "Known failures"] {
                #expect(card.localizedCaseInsensitiveContains(part), "\(plugin.id): \(part)")
            }
        }
    }
}
