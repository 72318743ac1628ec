import Segmentation

/// Tables 3 and 4: mean, σ and variance of the test images' global accuracies, the paper's beside ours.
struct AccuracyTable {
    let task: PaperExperiment.Task
    let group: StudyRuns.Group?

    private static let networks: [ArchitectureDescription.Kind] = [.segnet, .unet]

    func table() throws(TrainingError) -> ReportTable {
        var rows: [ReportTable.Row] = []
        let ours = try Self.networks.map { network throws(TrainingError) in
            try group.flatMap { group throws(TrainingError) in
                try ExperimentResult.best(of: group.results(network, task))?.experiment
            }
        }
        for number in PaperExperiment.numbers {
            var cells: [ReportTable.Cell] = []
            for (place, network) in Self.networks.enumerated() {
                guard let experiment = PaperExperiment(network, task, number) else { continue }
                cells += try self.cells(of: experiment, isBest: ours[place] == experiment)
            }
            rows.append(ReportTable.Row(heading: "\(number)", cells: cells))
            if number % PaperExperiment.repeats == 0 {
                rows.append(try summary(of: (number - PaperExperiment.repeats + 1)...number))
            }
        }
        let columns = ["mean, paper", "ours", "σ, paper", "ours", "variance, paper", "ours"]
        return ReportTable(
            caption: caption, groups: Self.networks.map { ($0.title, columns.count) },
            headings: ["Experiment"] + Self.networks.flatMap { _ in columns }, rows: rows)
    }

    private var caption: String {
        let number = task == .binary ? 3 : 4
        let what = "Global accuracy of the test images, \(task.title) segmentation"
        return
            "Table \(number). \(what). Ours: \(group?.settings.title ?? "not run"). Bold: the highest mean. In brackets: of how many runs a mean is, where not of all three."
    }

    private func cells(of experiment: PaperExperiment, isBest: Bool) throws(TrainingError) -> [ReportTable.Cell] {
        let paper = PublishedFigures.accuracy(of: experiment)
        let isPapersBest = PublishedFigures.best(experiment.network, task) == experiment
        let accuracy = try group?.result(of: experiment)?.evaluation().globalAccuracy
        return [
            ReportTable.Cell(ReportNumber.printed(paper.mean), isBest: isPapersBest),
            ReportTable.Cell(
                accuracy.map { ReportNumber.text($0.mean) } ?? absence(of: experiment), isBest: isBest, isOurs: true),
            ReportTable.Cell(ReportNumber.printed(paper.standardDeviation)),
            ReportTable.Cell(ReportNumber.text(accuracy?.standardDeviation), isOurs: true),
            ReportTable.Cell(ReportNumber.printed(paper.variance)),
            ReportTable.Cell(ReportNumber.text(accuracy?.variance, digits: 4), isOurs: true),
        ]
    }

    /// Why there is no figure.
    private func absence(of experiment: PaperExperiment) -> String {
        switch group?.runs[experiment] {
        case nil: "not run"
        case .underWay: "under way"
        case .diverged: "diverged"
        case .otherData: "other data"
        case .finished: ReportNumber.dash
        }
    }

    /// The means of a setting's repeats, over those that were run.
    private func summary(of numbers: ClosedRange<Int>) throws(TrainingError) -> ReportTable.Row {
        var cells: [ReportTable.Cell] = []
        for network in Self.networks {
            let experiments = numbers.compactMap { PaperExperiment(network, task, $0) }
            let paper = experiments.map(PublishedFigures.accuracy(of:))
            var ours: [Distribution] = []
            for experiment in experiments {
                if let result = group?.result(of: experiment) { ours.append(try result.evaluation().globalAccuracy) }
            }
            cells += [
                ReportTable.Cell(ReportNumber.text(Distribution(paper.map { $0.mean }).mean)),
                ReportTable.Cell(
                    ReportNumber.text(Distribution(ours.map(\.mean)).mean)
                        + (ours.isEmpty || ours.count == experiments.count ? "" : " (\(ours.count))"),
                    isOurs: true),
                ReportTable.Cell(ReportNumber.text(Distribution(paper.map { $0.standardDeviation }).mean)),
                ReportTable.Cell(ReportNumber.text(Distribution(ours.map(\.standardDeviation)).mean), isOurs: true),
                ReportTable.Cell(ReportNumber.text(Distribution(paper.map { $0.variance }).mean)),
                ReportTable.Cell(
                    ReportNumber.text(Distribution(ours.map(\.variance)).mean, digits: 4), isOurs: true),
            ]
        }
        return ReportTable.Row(
            heading: "mean of \(numbers.lowerBound)–\(numbers.upperBound)", cells: cells, isSummary: true)
    }
}
