/// One line of text in strokes, measured before it is drawn.
///
/// Knows printable ASCII and `− · × ° ± – ≤ ≥ ² ³`; anything else becomes `?`.
public struct TextLine: Sendable {
    public let text: String
    /// Height of the capitals in pixels.
    public let capHeight: Double
    /// Width of the strokes in pixels.
    public let strokeWidth: Double
    /// From the left to the right end of the line, in pixels, margins of the outer letters included; strokes may reach
    /// half their width beyond.
    public let width: Double

    private let strokes: [[(x: Double, y: Double)]]

    /// Capitals lower than 5 pixels are drawn at 5: below that no one can read them.
    public init(_ text: String, capHeight: Double) {
        self.text = text
        self.capHeight = capHeight.isFinite ? max(capHeight, 5).rounded() : 5
        strokeWidth = max(1.1, self.capHeight / 8.5)
        let scale = self.capHeight / Glyph.capHeight
        var strokes: [[(x: Double, y: Double)]] = []
        var pen = 0.0
        for character in text {
            let glyph = Glyph.named(character)
            for stroke in glyph.strokes {
                strokes.append(stroke.map { ((pen + $0.x - glyph.left) * scale, ($0.y - Glyph.baseline) * scale) })
            }
            pen += glyph.right - glyph.left
        }
        self.strokes = strokes
        width = pen * scale
    }

    /// Pixels that the tallest glyph reaches above the baseline and the deepest one below it, strokes included.
    public var ascent: Double { capHeight * 25 / Glyph.capHeight + strokeWidth / 2 }
    public var descent: Double { capHeight * 7 / Glyph.capHeight + strokeWidth / 2 }
    /// The usual distance between baselines.
    public static func leading(capHeight: Double) -> Int { Int((capHeight * 1.9).rounded(.up)) }

    /// Draws the line with its left end at x and its baseline through the middle of row `baseline`.
    fileprivate func draw(
        on picture: inout Picture, x: Double, baseline: Double, color: RGB, halo: RGB?
    ) {
        let y = baseline.rounded(.down) + 0.5
        let haloWidth = strokeWidth + 2 * max(1.2, capHeight * 0.15)
        for (color, width) in [(halo, haloWidth), (color, strokeWidth)] {
            guard let color,
                var coverage = Coverage(
                    from: (x, y - ascent), to: (x + self.width, y + descent), margin: width, inside: picture)
            else { continue }
            for stroke in strokes {
                for (a, b) in zip(stroke, stroke.dropFirst()) {
                    coverage.addSegment(from: (a.x + x, a.y + y), to: (b.x + x, b.y + y), width: width)
                }
            }
            picture.blend(coverage, color: color)
        }
    }
}

/// Where a text lies relative to the point it is drawn at.
public enum HorizontalAnchor: Sendable { case left, center, right }
/// `top` and `middle` are those of the capitals.
public enum VerticalAnchor: Sendable { case top, middle, baseline }

/// How texts look.
public struct TextStyle: Hashable, Sendable {
    /// Height of the capitals in pixels.
    public var capHeight: Double
    public var color: RGB
    /// A rim that keeps text legible on any ground; nil for none.
    public var halo: RGB?

    public init(capHeight: Double, color: RGB = .white, halo: RGB? = nil) {
        self.capHeight = capHeight
        self.color = color
        self.halo = halo
    }
}

extension Picture {
    /// Draws one line of text at a point in picture coordinates; parts outside the picture are left out.
    public mutating func draw(
        _ text: String, x: Double, y: Double, style: TextStyle, horizontal: HorizontalAnchor = .left,
        vertical: VerticalAnchor = .top
    ) {
        let line = TextLine(text, capHeight: style.capHeight)
        let left =
            switch horizontal {
            case .left: x
            case .center: x - line.width / 2
            case .right: x - line.width
            }
        let baseline =
            switch vertical {
            case .top: y + line.capHeight
            case .middle: y + line.capHeight / 2
            case .baseline: y
            }
        line.draw(on: &self, x: left, baseline: baseline, color: style.color, halo: style.halo)
    }
}
