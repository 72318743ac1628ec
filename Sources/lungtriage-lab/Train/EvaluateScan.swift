import ArgumentParser
import Foundation
import Imaging
import NeuralNet
import Segmentation
import Training

struct EvaluateScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate-scan",
        abstract: "Run a lesion model on one CT: how much of the lung it labels, and in which slices.",
        discussion: """
            A slice counts as infected where at least 1 % of its lung is labelled. A reader's labels are compared in both row \
            orders, since the order of a table need not be that of the slices; both are printed.
            """)

    @Argument(help: "CT volume (.nii, .nii.gz).") var input: String
    @Option(help: "Lesion model (safetensors).") var model: String
    @Option(help: "Lung model (safetensors).") var lungModel: String
    @Option(help: "Table with a column `infected` of 0 and 1, a row per slice.") var sliceLabels: String?
    @OptionGroup var prediction: PredictionOptions
    @Option(help: "Where the lesions' label map goes (.nii, .nii.gz).") var output: String?
    @Option(help: "Where the lungs' label map goes (.nii, .nii.gz).") var lungOutput: String?
    @OptionGroup var device: DeviceOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let report = try report(on: try device.backend())
            if json { return try JSONOutput.print(report) }
            for line in report.lines { print(line) }
        }
    }

    private func report<B: Backend>(on backend: B) throws -> ScanReport {
        let model = try SegmentationModel.load(model)
        let effusion = try model.task == .multiclass ? SyntheticEffusion.label : nil
        let segmenter = LesionSegmenter(
            lesions: try VolumeSegmenter(model, backend: backend, averagesMirrored: prediction.mirror),
            lungs: try LungSegmenter(SegmentationModel.load(lungModel), backend: backend),
            cleaning: prediction.raw ? nil : LesionCleaning(effusion: effusion))
        let image = try NIfTIFile.read(input)
        let onTerminal = StandardError.isTerminal
        let found = try segmenter.labels(of: image.lps()) { share in
            if onTerminal { StandardError.write("\r\(Int(share * 100)) %") }
        }
        if onTerminal { StandardError.write("\r      \r") }
        if let output { try NIfTIFile.write(labels: found.lesions, on: image.header, to: output) }
        if let lungOutput { try NIfTIFile.write(labels: found.lungs, on: image.header, to: lungOutput) }
        return try ScanReport(
            lesions: found.lesions, lungs: found.lungs, classes: model.task.classes,
            actual: sliceLabels.map { try SliceLabels(URL(filePath: $0)).infected }, device: backend.description)
    }
}

private struct ScanReport: Encodable {
    struct Agreement: Encodable {
        let sensitivity, specificity: Double?
        init(_ scores: ClassScores) {
            sensitivity = scores.sensitivity
            specificity = scores.specificity
        }
    }

    let lungMilliliters: Double
    /// Of each class but background.
    let lesionMilliliters: [Double]
    /// Labelled volume over lung volume, %.
    let infectedPercent: Double?
    let slices, infectedSlices: Int
    let rowsAsSlices, rowsReversed: Agreement?
    /// What computed, and how precisely.
    let device: String

    init(lesions: LabelVolume, lungs: LabelVolume, classes: Int, actual: [Bool]?, device: String) throws {
        self.device = device
        let voxel = lungs.grid.voxelVolume
        let lung = lungs.voxels.count { $0 != 0 }
        lungMilliliters = Double(lung) * voxel
        let counts = (1..<classes).map { label in lesions.voxels.count { Int($0) == label } }
        lesionMilliliters = counts.map { Double($0) * voxel }
        infectedPercent = lung > 0 ? 100 * Double(counts.reduce(0, +)) / Double(lung) : nil
        let detection = try SliceDetection(lesions: lesions, lungs: lungs)
        slices = detection.shares.count
        infectedSlices = detection.infected.count { $0 }
        rowsAsSlices = try actual.map { Agreement(try detection.scores(actual: $0)) }
        rowsReversed = try actual.map { Agreement(try detection.scores(actual: $0.reversed())) }
    }

    var lines: [String] {
        func text(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "–" }
        func line(_ name: String, _ agreement: Agreement) -> String {
            "against the reader, \(name): sensitivity \(text(agreement.sensitivity, "%.3f")), "
                + "specificity \(text(agreement.specificity, "%.3f")) of slices"
        }
        let classes = lesionMilliliters.enumerated().map { "class \($0 + 1) \(text($1, "%.1f")) ml" }
        return [
            "lungs \(text(lungMilliliters, "%.0f")) ml, " + classes.joined(separator: ", "),
            "labelled: \(text(infectedPercent, "%.2f")) % of the lungs' volume; "
                + "\(infectedSlices) of \(slices) slices with at least 1 % of their lung",
        ]
            + [rowsAsSlices.map { line("rows as slices", $0) }, rowsReversed.map { line("rows reversed", $0) }]
            .compactMap { $0 } + ["Computed on \(device). Research use, not a medical device."]
    }
}
