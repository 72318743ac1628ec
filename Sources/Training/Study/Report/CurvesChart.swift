import Foundation
import Imaging
import Pages

/// A run's training curves: loss, and validation Dice of every class but background.
struct CurvesChart {
    let name: String
    let history: [EpochRecord]
    let task: PaperExperiment.Task

    var html: HTML {
        let losses = history.map { (Double($0.epoch), $0.loss) }
        var dice: [(points: [(Double, Double)], style: String)] = []
        for label in 1..<task.segmentation.classes {
            let points = history.compactMap { record -> (Double, Double)? in
                guard let values = record.validation?.dice, values.indices.contains(label) else { return nil }
                return values[label].map { (Double(record.epoch), $0) }
            }
            // A class that does not occur has a Dice of 0 at most: nothing to see.
            if points.contains(where: { $0.1 > 0 }) { dice.append((points, "c\(label - 1)")) }
        }
        let panels =
            panel("Loss", [(losses, "c3")], left: 46, range: losses.map(\.1))
            + panel("Validation Dice", dice, left: 236, range: dice.flatMap { $0.points.map(\.1) } + [0])
        return .element(
            "figure", [:],
            .element(
                "svg", ["viewBox": "0 0 376 150", "role": "img", "aria-label": "Training curves of \(name)"], panels),
            .element("figcaption", [:], HTML(name)))
    }

    private func panel(
        _ title: String, _ curves: [(points: [(Double, Double)], style: String)], left: Double, range: [Double]
    ) -> [HTML] {
        let (top, bottom, width) = (22.0, 126.0, 134.0)
        let scale = ChartScale(range, bottom: bottom, top: top)
        let last = Double(max(2, history.map(\.epoch).max() ?? 2))
        func x(_ epoch: Double) -> Double { left + (epoch - 1) / (last - 1) * width }
        var parts = [SVG.text(title, x: left, y: top - 8, anchor: "start")]
        for tick in scale.ticks {
            let y = scale.position(tick.value)
            parts.append(SVG.line(left, y, left + width, y, style: "grid"))
            parts.append(SVG.text(tick.label, x: left - 5, y: y + 4, anchor: "end", style: "faint"))
        }
        parts.append(SVG.line(left, bottom, left + width, bottom, style: "axis"))
        parts.append(SVG.text("1", x: left, y: bottom + 15, anchor: "middle", style: "faint"))
        parts.append(SVG.text("\(Int(last))", x: left + width, y: bottom + 15, anchor: "middle", style: "faint"))
        parts.append(SVG.text("epoch", x: left + width / 2, y: bottom + 15, anchor: "middle", style: "faint"))
        for curve in curves {
            let points = curve.points.filter { $0.1.isFinite }
            if points.count == 1, let point = points.first {
                parts.append(
                    SVG.circle(
                        x(point.0), scale.position(point.1), radius: 2.5, style: "filled \(curve.style)", title: title))
            } else {
                parts.append(SVG.curve(points.map { (x($0.0), scale.position($0.1)) }, style: curve.style))
            }
        }
        return parts
    }
}
