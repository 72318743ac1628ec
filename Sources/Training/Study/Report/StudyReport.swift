import Foundation
import Imaging
import Pages
import Segmentation

/// The study's report: one page that needs nothing beside it, with the paper's tables and figures, the paper's numbers and ours
/// side by side.
public struct StudyReport: Sendable {
    public let data: StudyData
    public let output: URL

    /// Deep Dream pictures for Figure 4, if someone has put them into the output folder.
    static let dreamFile = "figure4.png"

    public init(data: StudyData, output: URL) {
        self.data = data
        self.output = output
    }

    /// Writes `report.html` of the runs that are there, finished or not, and gives its place. Throws `fileAccess`, `imaging`.
    @discardableResult
    public func write() throws(TrainingError) -> URL {
        let page = try html()
        let file = output.appending(path: "report.html")
        try RunFolder.accessing(file) {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file, options: .atomic)
        }
        return file
    }

    func html() throws(TrainingError) -> String {
        let runs = try StudyRuns(output: output, data: data)
        let frequencies = try data.frequencies()
        let sections: [Section] =
            [
                try whatWasRun(runs), try dataSet(frequencies), experiments,
                try accuracy(.binary, runs.groups), try accuracy(.multiclass, runs.groups),
                try classes(.binary, runs.groups, frequencies), try classes(.multiclass, runs.groups, frequencies),
                try dreams(), try overlays(runs.groups), curves(runs.groups), howToRead,
            ]
        let contents = sections.map { section in
            HTML.element("li", [:], .element("a", ["href": "#\(section.anchor)"], HTML(section.title)))
        }
        return HTML.page(
            title: Self.title, style: Self.style,
            [header(runs), .element("nav", [:], .element("ul", [:], contents))] + sections.map(\.html))
    }

    // MARK: - Parts

    struct Section {
        let anchor: String
        let title: String
        let content: [HTML]

        var html: HTML {
            .element("section", ["id": anchor], [.element("h2", [:], HTML(title))] + content)
        }
    }

    static let title = "SegNet and U-Net for COVID-19 lesions in lung CT: the study reproduced"

    static func paragraph(_ text: String, style: String = "text") -> HTML {
        .element("p", ["class": style], HTML(text))
    }

    private func header(_ runs: StudyRuns) -> HTML {
        let finished = runs.groups.map(\.results.count).reduce(0, +)
        return .element(
            "header", [:], .element("h1", [:], HTML(Self.title)),
            Self.paragraph("Research use, not a medical device.", style: "notice"),
            Self.paragraph(
                "The experiments of Saood & Hatem (BMC Medical Imaging 2021), run again on "
                    + "\(data.volume.ct.grid.size.k) of the paper's 100 slices. \(finished) runs are finished. Written on "
                    + "\(ReportNumber.date(Date()))."))
    }

    private var experiments: Section {
        Section(anchor: "experiments", title: "Table 2: experiments", content: [StudyTables.experiments.html])
    }

    private func accuracy(
        _ task: PaperExperiment.Task, _ groups: [StudyRuns.Group]
    ) throws(TrainingError) -> Section {
        let number = task == .binary ? 3 : 4
        var content = try shown(groups, task).map { group throws(TrainingError) in
            try AccuracyTable(task: task, group: group).table().html
        }
        content.append(try AccuracyChart(task: task, groups: groups).html())
        if number == 3 {
            content.append(
                Self.paragraph(
                    "The paper's variances are shown as printed; several are not the square of their σ. Ours divide by "
                        + "n − 1. All test slices have as many pixels, so the mean over images and the pooled accuracy are "
                        + "the same number.", style: "faint"))
        }
        return Section(
            anchor: "table\(number)", title: "Table \(number): global accuracy, \(task.title)", content: content)
    }

    private func classes(
        _ task: PaperExperiment.Task, _ groups: [StudyRuns.Group], _ frequencies: ClassFrequencies
    ) throws(TrainingError) -> Section {
        let number = task == .binary ? 5 : 6
        var content = try shown(groups, task).map { group throws(TrainingError) in
            try ClassTable(task: task, group: group, frequencies: frequencies).table().html
        }
        content.append(
            Self.paragraph(
                "The best experiment is the one with the highest mean global accuracy on the test slices, as in the paper; "
                    + "choosing and reporting on the same slices flatters it. Pooled: all test pixels together. Per image: "
                    + "the mean of the images where the score is defined. The paper does not say which of the two it "
                    + "prints.", style: "faint"))
        return Section(anchor: "table\(number)", title: "Table \(number): class level, \(task.title)", content: content)
    }

    /// The groups that have a run of a task; one empty one where none has.
    private func shown(_ groups: [StudyRuns.Group], _ task: PaperExperiment.Task) -> [StudyRuns.Group?] {
        let found = groups.filter { group in group.runs.keys.contains { $0.task == task } }
        return found.isEmpty ? [nil] : found
    }

    private func overlays(_ groups: [StudyRuns.Group]) throws(TrainingError) -> Section {
        var content = [
            Self.paragraph(
                "Best, median and worst test image of each best experiment by the Dice of infected pixels of any kind. The "
                    + "patient's right is on the left; lung window.")
        ]
        for group in groups {
            for task in PaperExperiment.Task.allCases {
                for network in [ArchitectureDescription.Kind.segnet, .unet] {
                    guard let best = try ExperimentResult.best(of: group.results(network, task)) else { continue }
                    content.append(
                        .element("h3", [:], HTML("\(best.experiment.name), \(group.settings.title)")))
                    content.append(try overlay(best))
                }
            }
        }
        if content.count == 1 { content.append(Self.paragraph("Not run.")) }
        return Section(anchor: "overlays", title: "Test images", content: content)
    }

    private func overlay(_ result: ExperimentResult) throws(TrainingError) -> HTML {
        let file = StudyRunFolder(result.experiment, result.settings, output: output).predictionsFile
        guard FileManager.default.fileExists(atPath: file.path) else {
            return Self.paragraph("The run's predictions.nii.gz is missing.")
        }
        let predictions = try imaging(file.path) { try NIfTIFile.readLabels(file.path).lps() }
        return try OverlayFigure(result: result, predictions: predictions, data: data).html()
    }

    private func curves(_ groups: [StudyRuns.Group]) -> Section {
        var content = [
            HTML.element(
                "p", [:],
                [
                    "Loss of the training slices; pooled Dice of the validation slices: ",
                    .element("span", ["class": "c0"], "●"), " infected or ground-glass, ",
                    .element("span", ["class": "c1"], "●"), " consolidation.",
                ])
        ]
        for group in groups {
            let charts = PaperExperiment.all.compactMap { experiment -> HTML? in
                switch group.runs[experiment] {
                case .finished(_, let history), .underWay(let history), .diverged(let history, _):
                    history.isEmpty
                        ? nil : CurvesChart(name: experiment.name, history: history, task: experiment.task).html
                case .otherData, nil: nil
                }
            }
            guard !charts.isEmpty else { continue }
            content.append(.element("h3", [:], HTML("\(group.settings.title)")))
            content.append(.element("div", ["class": "grid2"], charts))
        }
        if content.count == 1 { content.append(Self.paragraph("Not run.")) }
        return Section(anchor: "curves", title: "Training curves", content: content)
    }
}
