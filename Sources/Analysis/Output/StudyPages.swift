import Imaging
import ModelHost
import Reports
import Severity

/// What people look at: the montage, its thumbnail and the report.
struct StudyPages {
    let montage: MontageFigure
    /// PNG of the most affected slice, for worklists.
    let thumbnail: [UInt8]
    let html: String

    /// Throws `output` when a picture cannot be made.
    init(_ result: StudyResult, study: Study, inputHash: String) throws(AnalysisError) {
        func labels(_ role: PluginRole) -> LabelVolume? { result.lesions.first { $0.plugin.role == role }?.labels }
        let maps: LesionMaps? =
            switch (labels(.lesionBinary), labels(.lesionMulticlass)) {
            case (let binary?, let multiclass?): .both(binary: binary, multiclass: multiclass)
            case (let binary?, nil): .binary(binary)
            case (nil, let multiclass?): .multiclass(multiclass)
            case (nil, nil): nil
            }
        guard let maps else {
            throw AnalysisError(.plugin, subject: study.name, message: "No lesion plugin has looked at the study.")
        }
        do {
            let figure = StudyMontage(ct: result.ct, lungs: result.lungs, lesions: maps, scores: result.scores)
            montage = try figure.figure()
            thumbnail = try PNG.encode(try figure.thumbnail())
        } catch {
            throw AnalysisError(
                .output, subject: study.name, message: "The report's pictures cannot be made.", cause: "\(error)")
        }
        html = StudyReport(
            study: study.name, scores: result.scores, montage: montage, lungs: result.lungs,
            provenance: Self.rows(result, inputHash), command: Provenance.command(study, result.plugins)
        ).html()
    }

    private static func rows(_ result: StudyResult, _ inputHash: String) -> [StudyReport.ProvenanceRow] {
        let size = result.header.grid.size
        let spacing = result.header.grid.spacing
        func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        let voxels =
            "\(size.i)×\(size.j)×\(size.k) voxels of "
            + [spacing.i, spacing.j, spacing.k].map(short).joined(separator: "×") + " mm, \(result.header.grid.order)"
        return [
            StudyReport.ProvenanceRow("Input", voxels), StudyReport.ProvenanceRow("Input SHA-256", inputHash),
            StudyReport.ProvenanceRow("Lungtriage", LungtriageVersion.current),
        ]
            + result.plugins.map { plugin in
                StudyReport.ProvenanceRow(
                    plugin.descriptor.name,
                    "\(plugin.id) \(plugin.manifest.version) on \(result.devices[plugin.id]?.description ?? "no device"), weights "
                        + (plugin.manifest.weights.compactMap { plugin.hashes[$0.file] }.first.map {
                            String($0.prefix(12))
                        }
                            ?? "unknown"))
            }
    }
}
