import Foundation

/// The few shapes that pages' drawings are made of; colours come from the style sheet by class.
package enum SVG {
    package static func text(_ text: String, x: Double, y: Double, anchor: String, style: String = "label") -> HTML {
        .element("text", ["x": number(x), "y": number(y), "text-anchor": anchor, "class": style], HTML(text))
    }

    package static func line(
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
    package static func circle(_ x: Double, _ y: Double, radius: Double, style: String, title: String) -> HTML {
        .element(
            "circle", ["cx": number(x), "cy": number(y), "r": number(radius), "class": style],
            .element("title", [:], HTML(title)))
    }

    package static func curve(_ points: [(x: Double, y: Double)], style: String) -> HTML {
        let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + "\(number($1.x)) \(number($1.y))" }
        return .element("path", ["d": path.joined(separator: " "), "class": "curve \(style)"])
    }

    /// A closed shape; `fill` is a colour, or nil where the style sheet has it.
    package static func area(_ points: [(x: Double, y: Double)], style: String, fill: String? = nil) -> HTML {
        let path = points.enumerated().map { ($0 == 0 ? "M" : "L") + "\(number($1.x)) \(number($1.y))" }
        let d = path.joined(separator: " ") + "Z"
        guard let fill else { return .element("path", ["d": d, "class": style]) }
        return .element("path", ["d": d, "class": style, "fill": fill])
    }

    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return String(format: "%.1f", value)
    }
}
