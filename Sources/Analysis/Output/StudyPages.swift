import Imaging
import ModelHost
import Platform
import Reports
import Severity

/// What people look at: the montage, its thumbnail and the report.
struct StudyPages {
    let montage: MontageFigure
    /// PNG of the most affected slice, for worklists.
    let thumbnail: [UInt8]
    let html: String

    /// Throws `output` when a picture cannot be made.
    init(_ result: StudyResult, study: Study) throws(AnalysisError) {
        do {
            let figure = StudyMontage(ct: result.ct, lungs: result.lungs, lesions: result.maps, scores: result.scores)
            montage = try figure.figure()
            thumbnail = try PNG.encode(try figure.thumbnail())
        } catch {
            throw AnalysisError(
                .output, subject: study.name, message: "The report's pictures cannot be made.", cause: "\(error)")
        }
        html = StudyReport(
            study: study.name, scores: result.scores, montage: montage, lungs: result.lungs,
            provenance: Self.rows(result), command: Provenance.command(study, result)
        ).html()
    }

    private static func rows(_ result: StudyResult) -> [StudyReport.ProvenanceRow] {
        let grid = result.header.grid
        let sides = [grid.size.i, grid.size.j, grid.size.k].map { "\($0)" }.joined(separator: "×")
        let spacing = [grid.spacing.i, grid.spacing.j, grid.spacing.k]
            .map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: "×")
        let input = [
            StudyReport.ProvenanceRow("Input", "\(sides) voxels of \(spacing) mm, \(grid.order)"),
            StudyReport.ProvenanceRow("Input SHA-256", result.identity.sha256),
            StudyReport.ProvenanceRow("Lungtriage", LungtriageVersion.current),
        ]
        return input + result.plugins.map { row($0, on: result.work[$0.id]) }
    }

    private static func row(_ plugin: Plugin, on work: ComputeWork?) -> StudyReport.ProvenanceRow {
        let place = [work?.device.description ?? "no device", work?.hardware, work?.precision?.rawValue]
            .compactMap(\.self).joined(separator: ", ")
        let weights = plugin.manifest.weights.compactMap { plugin.hashes[$0.file]?.prefix(12) }.joined(separator: ", ")
        return StudyReport.ProvenanceRow(
            plugin.descriptor.name,
            "\(plugin.id) \(plugin.manifest.version) on \(place), weights \(weights)")
    }
}
