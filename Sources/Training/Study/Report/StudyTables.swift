import Foundation
import Segmentation

/// Table 1 and Table 2, and what was run.
enum StudyTables {
    /// Table 1: pixels of the classes.
    static func classPixels(_ frequencies: ClassFrequencies) -> ReportTable {
        let names = [
            "C0 everything else", "C1 ground-glass opacity", "C2 consolidation", "C3 pleural effusion",
        ]
        let rows = names.enumerated().map { label, name in
            let paper = PublishedFigures.classPixels[label]
            let isThere = frequencies.classPixels[label] > 0
            func ours(_ count: Int) -> ReportTable.Cell {
                ReportTable.Cell(isThere ? ReportNumber.count(Double(count)) : ReportNumber.dash, isOurs: true)
            }
            return ReportTable.Row(
                heading: name,
                cells: [
                    ReportTable.Cell(ReportNumber.count(paper.pixels)), ours(frequencies.classPixels[label]),
                    ReportTable.Cell(ReportNumber.count(paper.imagePixels)), ours(frequencies.imagePixels[label]),
                    ReportTable.Cell(ReportNumber.text(paper.pixels / paper.imagePixels, digits: 4)),
                    ReportTable.Cell(ReportNumber.text(frequencies.frequency(of: label), digits: 4), isOurs: true),
                ])
        }
        return ReportTable(
            caption: "Table 1. Pixels of each class over all slices at their own resolution, pixels of the images that "
                + "contain the class, and the first over the second, from which class weights follow."
                + (frequencies.classPixels[3] == 0 ? " C3 is \(ClassTable.noEffusion)." : ""),
            groups: [("Pixels of the class", 2), ("Pixels of images with it", 2), ("Frequency", 2)],
            headings: ["Class", "paper", "ours", "paper", "ours", "paper", "ours"], rows: rows)
    }

    /// Table 2: what the experiments differ by.
    static var experiments: ReportTable {
        let networks: [ArchitectureDescription.Kind] = [.segnet, .unet]
        let rows = PaperExperiment.numbers.compactMap { number -> ReportTable.Row? in
            let cells = networks.compactMap { PaperExperiment($0, .binary, number) }.flatMap { experiment in
                [
                    ReportTable.Cell(ReportNumber.rate(experiment.setting.learningRate)),
                    ReportTable.Cell("\(experiment.setting.batchSize)"),
                    ReportTable.Cell("\(experiment.seed)", isOurs: true),
                ]
            }
            return ReportTable.Row(heading: "\(number)", cells: cells)
        }
        return ReportTable(
            caption:
                "Table 2. The nine experiments of each network and task: rates and batches are the paper's and ours "
                + "alike; the paper gives no seeds, ours number the repeats.",
            groups: networks.map { ($0.title, 3) },
            headings: ["Experiment"] + networks.flatMap { _ in ["initial rate", "mini-batch", "seed"] }, rows: rows)
    }

    /// Every run that there is, and how far it went.
    static func runs(_ group: StudyRuns.Group) -> ReportTable {
        let rows = PaperExperiment.all.compactMap { experiment -> ReportTable.Row? in
            guard let state = group.runs[experiment] else { return nil }
            var texts: [String]
            switch state {
            case .finished(let result, let history):
                let provenance = result.provenance
                texts =
                    ["finished", "\(history.count)", loss(history), dice(history)]
                    + [ReportNumber.duration(provenance.trainingSeconds), ReportNumber.date(provenance.finished)]
            case .underWay(let history):
                texts = ["under way", "\(history.count)", loss(history), dice(history), seconds(history), "–"]
            case .diverged(let history, _):
                texts = ["diverged", "\(history.count)", loss(history), dice(history), seconds(history), "–"]
            case .otherData:
                texts = ["other data", "–", "–", "–", "–", "–"]
            }
            texts.insert("\(experiment.seed)", at: 1)
            return ReportTable.Row(heading: experiment.name, cells: texts.map { ReportTable.Cell($0) })
        }
        return ReportTable(
            caption: "Runs with \(group.settings.title).",
            headings: [
                "Run", "State", "Seed", "Epochs", "Last loss", "Last validation Dice", "Training time", "Finished",
            ],
            rows: rows)
    }

    private static func loss(_ history: [EpochRecord]) -> String { ReportNumber.text(history.last?.loss, digits: 4) }

    private static func dice(_ history: [EpochRecord]) -> String {
        ReportNumber.text(history.last?.validation?.score)
    }

    private static func seconds(_ history: [EpochRecord]) -> String {
        ReportNumber.duration(history.reduce(0) { $0 + $1.seconds })
    }
}

/// Names as the report writes them.
extension ArchitectureDescription.Kind {
    var title: String {
        switch self {
        case .segnet: "SegNet"
        case .unet: "U-Net"
        }
    }
}

extension PaperExperiment.Task {
    var title: String {
        switch self {
        case .binary: "binary"
        case .multiclass: "multi-class"
        }
    }
}

extension ClassScores.Measure {
    var title: String {
        switch self {
        case .sensitivity: "Sensitivity"
        case .specificity: "Specificity"
        case .dice: "Dice"
        case .gMean: "G-mean"
        case .f2: "F2"
        }
    }
}

extension StudySettings {
    /// `full width (64 base filters), 60 epochs`, or the reduced width and size.
    var title: String {
        let width = isFullWidth ? "full width (\(baseFilters) base filters)" : "\(baseFilters) base filters"
        let input = size == Self.paperSize ? "" : ", input \(size)×\(size)"
        return "\(width)\(input), \(epochs) epochs"
    }
}
