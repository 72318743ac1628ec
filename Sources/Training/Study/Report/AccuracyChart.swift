import Foundation
import Imaging
import Pages
import Segmentation

/// The plots of Tables 3 and 4: mean and σ of the global accuracy over the nine experiments, for both networks.
struct AccuracyChart {
    let task: PaperExperiment.Task
    let groups: [StudyRuns.Group]

    private typealias Point = (number: Int, value: Double)
    private struct Marks {
        let name: String
        /// 0 for the paper.
        let series: Int
        let points: [Point]

        func html(in panel: Panel) -> [HTML] {
            points.map { point in
                // Beside each other, so that equal values do not hide one another.
                let x = panel.x(Double(point.number)) + (series == 0 ? -4 : 4 + 6 * Double(series - 1))
                return SVG.circle(
                    x, panel.y(point.value), radius: series == 0 ? 4.5 : 4,
                    style: series == 0 ? "mark" : "filled c\((series - 1) % 4)",
                    title: "\(name), experiment \(point.number): \(ReportNumber.text(point.value))")
            }
        }
    }

    func html() throws(TrainingError) -> HTML {
        let shown = groups.filter { group in group.results.contains { $0.experiment.task == task } }
        var panels: [HTML] = []
        let networks: [ArchitectureDescription.Kind] = [.segnet, .unet]
        let measures: [(title: String, paper: (PublishedFigures.Accuracy) -> Double, ours: (Distribution) -> Double?)] =
            [
                ("Mean global accuracy", { $0.mean }, { $0.mean }),
                ("σ of global accuracy", { $0.standardDeviation }, { $0.standardDeviation }),
            ]
        for (row, measure) in measures.enumerated() {
            var marks: [[Marks]] = []
            for network in networks {
                marks.append(try self.marks(network, shown, paper: measure.paper, ours: measure.ours))
            }
            let values = marks.joined().flatMap { $0.points.map(\.value) }
            for (column, network) in networks.enumerated() {
                let panel = Panel(
                    title: "\(network.title): \(measure.title)", left: 48 + 384 * Double(column),
                    top: 30 + 220 * Double(row), width: 320, height: 150, values: values)
                panels.append(.element("g", [:], panel.axes() + marks[column].flatMap { $0.html(in: panel) }))
            }
        }
        let number = task == .binary ? 3 : 4
        return .element(
            "figure", [:],
            .element(
                "svg",
                ["viewBox": "0 0 760 440", "role": "img", "aria-label": "Plots of Table \(number), \(task.title)"],
                panels),
            .element("figcaption", [:], [HTML("Plots of Table \(number). "), legend(shown)]))
    }

    private func marks(
        _ network: ArchitectureDescription.Kind, _ shown: [StudyRuns.Group],
        paper: (PublishedFigures.Accuracy) -> Double, ours: (Distribution) -> Double?
    ) throws(TrainingError) -> [Marks] {
        let experiments = PaperExperiment.numbers.compactMap { PaperExperiment(network, task, $0) }
        var all = [
            Marks(
                name: "paper", series: 0,
                points: experiments.map { ($0.number, paper(PublishedFigures.accuracy(of: $0))) })
        ]
        for (place, group) in shown.enumerated() {
            var points: [Point] = []
            for experiment in experiments {
                guard let result = group.result(of: experiment),
                    let value = ours(try result.evaluation().globalAccuracy)
                else { continue }
                points.append((experiment.number, value))
            }
            all.append(Marks(name: group.settings.title, series: place + 1, points: points))
        }
        return all
    }

    private func legend(_ shown: [StudyRuns.Group]) -> HTML {
        HTML(
            ["Open circles: the paper."]
                + shown.enumerated().map { place, group in
                    HTML([
                        .element("span", ["class": "c\(place % 4)"], " ●"), HTML(" ours, \(group.settings.title)"),
                    ])
                } + (shown.isEmpty ? [HTML(" Ours: not run.")] : []))
    }

    /// A plot over the experiments 1 to 9, dashed lines between the settings.
    private struct Panel {
        let title: String
        let left, top, width, height: Double
        let scale: ChartScale

        init(title: String, left: Double, top: Double, width: Double, height: Double, values: [Double]) {
            self.title = title
            self.left = left
            self.top = top
            self.width = width
            self.height = height
            scale = ChartScale(values, bottom: top + height, top: top)
        }

        func x(_ number: Double) -> Double { left + (number - 0.5) / Double(PaperExperiment.numbers.count) * width }
        func y(_ value: Double) -> Double { scale.position(value) }

        func axes() -> [HTML] {
            var parts: [HTML] = [SVG.text(title, x: left, y: top - 10, anchor: "start")]
            for tick in scale.ticks {
                parts.append(SVG.line(left, y(tick.value), left + width, y(tick.value), style: "grid"))
                parts.append(SVG.text(tick.label, x: left - 6, y: y(tick.value) + 4, anchor: "end", style: "faint"))
            }
            for border in [3.5, 6.5] {
                parts.append(SVG.line(x(border), top, x(border), top + height, style: "grid", dashed: true))
            }
            parts.append(SVG.line(left, top + height, left + width, top + height, style: "axis"))
            for number in PaperExperiment.numbers {
                parts.append(
                    SVG.text("\(number)", x: x(Double(number)), y: top + height + 16, anchor: "middle", style: "faint"))
            }
            return parts
        }
    }
}
