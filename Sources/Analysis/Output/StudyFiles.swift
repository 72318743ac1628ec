import Foundation
import Imaging
import ModelHost
import Platform
import Reports
import Severity

/// The files of a study, written together or not at all.
struct StudyFiles {
    private let result: StudyResult
    private let pages: StudyPages
    private let study: Study
    private let provenance: Provenance

    init(_ result: StudyResult, pages: StudyPages, study: Study, provenance: Provenance) {
        self.result = result
        self.pages = pages
        self.study = study
        self.provenance = provenance
    }

    /// Throws `output`, then nothing is left at the destination.
    func write(to destination: StudyDestination) throws(AnalysisError) {
        do {
            try StagedFolder.write(
                to: destination.folder, replacing: destination.replacesExisting ? .folder : .never
            ) { folder in
                try writeMaps(folder)
                try put(pages.montage.png, folder, "montage.png")
                try put(pages.thumbnail, folder, "thumbnail.png")
                try put(Array(pages.html.utf8), folder, "report.html")
                try put(Array(result.scores.json.utf8), folder, "severity.json")
                try put(Array(try provenance.json()), folder, "provenance.json")
            }
        } catch let error as SystemCallError {
            if error.code == EEXIST { throw destination.occupied(study: study.name, cause: error.cause) }
            throw AnalysisError(.output, subject: study.name, message: error.message, cause: error.cause)
        } catch let error as ImagingError {
            throw AnalysisError(.output, subject: study.name, message: error.message, cause: error.cause)
        } catch {
            throw AnalysisError(
                .output, subject: study.name, message: "The results cannot be written.", cause: "\(error)")
        }
    }

    private func writeMaps(_ folder: String) throws {
        try NIfTIFile.write(
            labels: result.lungs, on: result.header, to: "\(folder)/\(study.name)_seg-lung_dseg.nii.gz")
        try put(Array(LabelTable(.lungs).tsv.utf8), folder, "\(study.name)_seg-lung_dseg.tsv")
        for map in result.lesions {
            let name = "\(study.name)_seg-\(map.plugin.id)"
            try NIfTIFile.write(labels: map.labels, on: result.header, to: "\(folder)/\(name)_dseg.nii.gz")
            try put(Array(Self.table(map.plugin).tsv.utf8), folder, "\(name)_dseg.tsv")
            if let probabilities = map.probabilities {
                try NIfTIFile.write(probabilities, on: result.header, to: "\(folder)/\(name)_probseg.nii.gz")
            }
        }
    }

    private static func table(_ plugin: Plugin) -> LabelTable {
        let labels = plugin.descriptor.labels
        return LabelTable(
            LabelScheme(labels.map { .init(value: $0.value, name: $0.name, color: RGB(hex: $0.color)) }),
            abbreviations: Dictionary(labels.map { ($0.value, $0.abbreviation) }) { first, _ in first })
    }

    private func put(_ bytes: [UInt8], _ folder: String, _ name: String) throws {
        try bytes.withUnsafeBytes { content in
            try DurableFile.write(to: "\(folder)/\(name)") { try $0.append(content) }
        }
    }
}
