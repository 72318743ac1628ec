import ArgumentParser
import Foundation
import Imaging
import NeuralNet
import Segmentation
import Training

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare a model's labels with the true ones, on the slices' own grid.",
        discussion: """
            Every figure is over whole slices at their own resolution. Pooled counts all pixels together; per image is the \
            mean over the images where the score is defined.
            """)

    @Argument(help: "Model file (safetensors).") var model: String
    @Option(help: "Folder with tr_im.nii.gz, tr_mask.nii.gz and slices.tsv.") var medseg: String?
    @Option(help: "Column of slices.tsv that splits the slices into train, val and test.") var split = "paper_split"
    @Option(help: "Which slices: train, val or test.") var part = "test"
    @Option(help: "Folder with patients' volumes.") var volumes: String?
    @Option(parsing: .upToNextOption, help: "Which volumes. Default: all.") var only: [String] = []
    @OptionGroup var device: DeviceOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let model = try SegmentationModel.load(model)
            guard let task = model.metadata["task"].flatMap(SegmentationTask.init(rawValue:)) else {
                throw NeuralNetError(
                    .malformedFile, operation: "model", message: "The model does not say what task it was trained for.")
            }
            let segmenter = try VolumeSegmenter(model, backend: try device.backend())
            var evaluation = Evaluation(classes: task.classes)
            if let medseg {
                let data = try MedSegSlices(folder: URL(filePath: medseg), splitColumn: split)
                guard let part = Split(rawValue: part) else { throw ValidationError("--part is train, val or test.") }
                try evaluation.add(
                    data.volume, slices: data.slices(in: part), task: task, segmenter: segmenter)
            }
            if let volumes { try add(LesionVolumes(folder: URL(filePath: volumes)), task, segmenter, &evaluation) }
            guard !evaluation.images.isEmpty else { throw ValidationError("There is nothing to evaluate.") }
            let report = EvaluationReport(evaluation)
            if json { return try JSONOutput.print(report) }
            for line in report.lines { print(line) }
        }
    }

    private func add(
        _ data: LesionVolumes, _ task: SegmentationTask, _ segmenter: VolumeSegmenter<CPUBackend>,
        _ evaluation: inout Evaluation
    ) throws {
        for patient in data.patients where only.isEmpty || only.contains(patient.volume.name) {
            var volume = patient.volume
            if task == .lungs {
                guard let lungs = volume.lungs else { continue }
                volume = try LabelledVolume(name: volume.name, ct: volume.ct, labels: lungs)
            }
            try evaluation.add(volume, slices: patient.slices(.lesion), task: task, segmenter: segmenter)
        }
    }
}

/// Scores for people and programs; an undefined score is null, or a dash.
struct EvaluationReport: Encodable {
    struct Summary: Encodable {
        let mean, standardDeviation, variance: Double?
        let images, undefined: Int

        init(_ values: Distribution) {
            mean = values.mean
            standardDeviation = values.standardDeviation
            variance = values.variance
            images = values.count
            undefined = values.undefined
        }
    }
    struct ClassReport: Encodable {
        let label: Int
        let pooled: [String: Double?]
        let perImage: [String: Summary]
    }

    let images: Int
    let globalAccuracy: Summary
    let classes: [ClassReport]
    /// Rows are actual classes, columns predicted ones; pixels.
    let confusion: [[Int]]

    init(_ evaluation: Evaluation) {
        images = evaluation.images.count
        globalAccuracy = Summary(evaluation.globalAccuracy)
        classes = (0..<evaluation.classes).map { label in
            var pooled: [String: Double?] = [:]
            var perImage: [String: Summary] = [:]
            for measure in ClassScores.Measure.allCases {
                pooled[measure.rawValue] = .some(evaluation.pooled(measure, of: label))
                perImage[measure.rawValue] = Summary(evaluation.perImage(measure, of: label))
            }
            return ClassReport(label: label, pooled: pooled, perImage: perImage)
        }
        confusion = (0..<evaluation.classes).map { actual in
            (0..<evaluation.classes).map { evaluation.pooled[actual: actual, predicted: $0] }
        }
    }

    var lines: [String] {
        func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }
        let measures = ClassScores.Measure.allCases.map(\.rawValue)
        var rows = [["class", ""] + measures]
        for report in classes {
            rows.append(["\(report.label)", "pooled"] + measures.map { text(report.pooled[$0] ?? nil) })
            rows.append(["", "per image"] + measures.map { text(report.perImage[$0]?.mean) })
        }
        let accuracy =
            "global accuracy per image: mean \(text(globalAccuracy.mean)), "
            + "σ \(text(globalAccuracy.standardDeviation)), variance \(text(globalAccuracy.variance))"
        return ["\(images) images, whole slices at their own resolution", accuracy, ""]
            + TextTable.lines(rows, rightAligned: Set(2..<(2 + measures.count)))
            + ["", "Research use, not a medical device."]
    }
}
