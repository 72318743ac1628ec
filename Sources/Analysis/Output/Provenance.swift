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
        let device: String
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
                device: result.devices[plugin.id]?.description ?? "", files: plugin.hashes)
        }
        stages = timings.map { Stage(stage: $0.stage.name, seconds: ($0.seconds * 1000).rounded() / 1000) }
        finished = Date.now.formatted(.iso8601)
        command = Self.command(study, result.plugins)
    }

    /// Repeats the analysis, given the same file and plugins.
    static func command(_ study: Study, _ plugins: [Plugin]) -> String {
        let file = study.path.split(separator: "/").last.map(String.init) ?? study.name
        let quoted =
            file.unicodeScalars.allSatisfy(StudyName.isPlain)
            ? file : "'" + file.replacingOccurrences(of: "'", with: "'\\''") + "'"
        return
            "lungtriage analyze \(quoted) --output \(study.name) --plugins \(plugins.map(\.id).joined(separator: ","))"
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
