import Segmentation

/// Tables 5 and 6: class-level scores of each network's best experiment, the paper's beside ours, pooled over all test pixels and
/// as the mean of the images where a score is defined.
struct ClassTable {
    let task: PaperExperiment.Task
    let group: StudyRuns.Group?
    /// Pixels of each class in the whole data set: a class without any has no figures of ours.
    let frequencies: ClassFrequencies

    static let noEffusion = "undefined: no effusion label in the data"

    func table() throws(TrainingError) -> ReportTable {
        var rows: [ReportTable.Row] = []
        for network in [ArchitectureDescription.Kind.segnet, .unet] {
            let best = try group.flatMap { group throws(TrainingError) in
                try ExperimentResult.best(of: group.results(network, task))
            }
            let evaluation = try best?.evaluation()
            for label in 1..<task.segmentation.classes {
                rows.append(
                    ReportTable.Row(
                        heading: heading(network, label, "paper, experiment \(papersBest(network))"),
                        cells: ClassScores.Measure.allCases.map {
                            ReportTable.Cell(
                                ReportNumber.printed(PublishedFigures.score($0, of: label, network, task)))
                        }))
                rows += ourRows(network, label, best: best, evaluation)
            }
        }
        return ReportTable(
            caption: caption, headings: ["Network and class"] + ClassScores.Measure.allCases.map(\.title), rows: rows)
    }

    private var caption: String {
        let number = task == .binary ? 5 : 6
        return "Table \(number). Scores of each network's best experiment, \(task.title) segmentation. "
            + "Ours: \(group?.settings.title ?? "not run")."
    }

    private func ourRows(
        _ network: ArchitectureDescription.Kind, _ label: Int, best: ExperimentResult?, _ evaluation: Evaluation?
    ) -> [ReportTable.Row] {
        guard let best, let evaluation else {
            return [row("ours", Array(repeating: "not run", count: ClassScores.Measure.allCases.count))]
        }
        guard isInData(label) else {
            let dashes = Array(repeating: ReportNumber.dash, count: ClassScores.Measure.allCases.count)
            return [row("ours (\(Self.noEffusion))", dashes)]
        }
        let measures = ClassScores.Measure.allCases
        let runs = group?.results(network, task).count ?? 0
        return [
            row(
                "ours, experiment \(best.experiment.number) (best of \(runs)), pooled",
                measures.map { ReportNumber.text(evaluation.pooled($0, of: label)) }),
            row(
                "ours, mean per image",
                measures.map { measure in
                    let images = evaluation.perImage(measure, of: label)
                    let count = images.undefined > 0 && images.count > 0 ? " (\(images.count) images)" : ""
                    return ReportNumber.text(images.mean) + count
                }),
        ]
    }

    private func row(_ heading: String, _ texts: [String]) -> ReportTable.Row {
        ReportTable.Row(heading: "\u{2003}" + heading, cells: texts.map { ReportTable.Cell($0, isOurs: true) })
    }

    private func heading(_ network: ArchitectureDescription.Kind, _ label: Int, _ whose: String) -> String {
        task == .binary ? "\(network.title), \(whose)" : "\(network.title) C\(label), \(whose)"
    }

    private func papersBest(_ network: ArchitectureDescription.Kind) -> String {
        PublishedFigures.best(network, task).map { "\($0.number)" } ?? ReportNumber.dash
    }

    private func isInData(_ label: Int) -> Bool {
        task == .binary || (frequencies.classPixels.indices.contains(label) && frequencies.classPixels[label] > 0)
    }
}
