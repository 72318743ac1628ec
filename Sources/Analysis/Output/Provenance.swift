import Foundation
import Imaging
import ModelHost
import Platform
import Severity

/// `provenance.json`: what was put in, what worked on it and how to do it again.
struct Provenance: Encodable {
    struct Input: Encodable {
        let name: String
        let sha256: String
        let bytes: Int
        /// NIfTI's version.
        let niftiVersion: Int
        let dataType: String
        /// Columns, rows, slices as stored.
        let size: [Int]
        /// mm, as stored.
        let spacing: [Double]
        /// Such as LPS.
        let voxelOrder: String
    }

    struct UsedPlugin: Encodable {
        let id: String
        let name: String
        let version: String
        let role: String
        let abi: String
        /// `cpu`, `cuda:0`, …
        let device: String
        /// The device's own name; nil where the plugin does not say.
        let hardware: String?
        /// How activations were stored, such as `float16`; nil where the plugin does not say.
        let precision: String?
        /// SHA-256 by file name.
        let files: [String: String]
    }

    struct Stage: Encodable {
        let stage: String
        let seconds: Double
    }

    let researchUse: String
    let lungtriage: String
    let input: Input
    let plugins: [UsedPlugin]
    let stages: [Stage]
    let finished: String
    let command: String

    init(_ result: StudyResult, study: Study, timings: [(stage: AnalysisStage, seconds: Double)]) {
        let grid = result.header.grid
        researchUse = SeverityScores.researchUse
        lungtriage = LungtriageVersion.current
        input = Input(
            name: study.path.split(separator: "/").last.map(String.init) ?? study.name,
            sha256: result.identity.sha256, bytes: result.identity.bytes, niftiVersion: result.header.version.rawValue,
            dataType: "\(result.header.dataType)",
            size: [grid.size.i, grid.size.j, grid.size.k], spacing: [grid.spacing.i, grid.spacing.j, grid.spacing.k],
            voxelOrder: "\(grid.order)")
        plugins = result.plugins.map { plugin in
            UsedPlugin(
                id: plugin.id, name: plugin.descriptor.name, version: plugin.manifest.version,
                role: plugin.role.rawValue, abi: "\(plugin.descriptor.abi)",
                device: result.work[plugin.id]?.device.description ?? "",
                hardware: result.work[plugin.id]?.hardware, precision: result.work[plugin.id]?.precision?.rawValue,
                files: plugin.hashes)
        }
        stages = timings.map { Stage(stage: $0.stage.name, seconds: ($0.seconds * 1000).rounded() / 1000) }
        finished = Date.now.formatted(.iso8601)
        command = Self.command(study, result)
    }

    /// Repeats the analysis, given the same file, plugins and device.
    static func command(_ study: Study, _ result: StudyResult) -> String {
        let file = study.path.split(separator: "/").last.map(String.init) ?? study.name
        let quoted =
            file.unicodeScalars.allSatisfy(StudyName.isPlain)
            ? file : "'" + file.replacingOccurrences(of: "'", with: "'\\''") + "'"
        let ids = result.plugins.map(\.id).joined(separator: ",")
        return "lungtriage analyze \(quoted) --output \(study.name) --plugins \(ids)" + device(result)
    }

    /// The options that name the device: the GPU's, where one had a part.
    private static func device(_ result: StudyResult) -> String {
        let gpu = result.plugins.compactMap { result.work[$0.id] }.first { $0.device != .cpu }
        guard let gpu else { return " --device cpu" }
        return " --device \(gpu.device)" + (gpu.precision.map { " --precision \($0.rawValue)" } ?? "")
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
