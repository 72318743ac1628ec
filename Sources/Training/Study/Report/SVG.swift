import Foundation
import Imaging

/// The few shapes that the report's plots are made of; colours come from the style sheet by class.
enum SVG {
    static func text(_ text: String, x: Double, y: Double, anchor: String, style: String = "label") -> HTML {
        .element("text", ["x": number(x), "y": number(y), "text-anchor": anchor, "class": style], HTML(text))
    }

    static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String, dashed: Bool = false
    ) -> HTML {
        .element(
            "line",
            [
                "x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), "class": style,
                "stroke-dasharray": dashed ? "3 3" : "none",
            ])
    }

    /// `title` is shown when pointed at.
    static func circle(_ x: Double, _ y: Double, radius: Double, style: String, title: String) -> HTML {
        .element(
            "circle", ["cx": number(x), "cy": number(y), "r": number(radius), "class": style],
            .element("title", [:], HTML(title)))
    }

    static func curve(_ points: [(x: Double, y: Double)], style: String) -> HTML {
        let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + "\(number($1.x)) \(number($1.y))" }
        return .element("path", ["d": path.joined(separator: " "), "class": "curve \(style)"])
    }

    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return String(format: "%.1f", value)
    }
}

/// A vertical axis: from values to positions, with ticks at round numbers.
struct ChartScale {
    let range: ClosedRange<Double>
    let ticks: [(value: Double, label: String)]
    private let bottom, top: Double

    /// Opens the values' range a little; values that no plot can show do not count.
    init(_ values: [Double], bottom: Double, top: Double) {
        let finite = values.filter { abs($0) < 1e12 }
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        let margin = max((high - low) * 0.08, max(abs(high), 1e-6) * 0.01)
        let range = (low - margin)...(high + margin)
        self.range = range
        self.bottom = bottom
        self.top = top
        let values = AxisTicks.round(range, count: 6).filter(range.contains)
        let step = values.count > 1 ? values[1] - values[0] : 1
        let digits = max(0, Int((-log10(max(step, 1e-12))).rounded(.up)))
        ticks = values.map { ($0, String(format: "%.\(digits)f", $0)) }
    }

    func position(_ value: Double) -> Double {
        bottom - (value - range.lowerBound) / (range.upperBound - range.lowerBound) * (bottom - top)
    }
}
