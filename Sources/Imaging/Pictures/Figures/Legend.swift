/// Names and colours, one line each.
public struct Legend: Sendable {
    public struct Entry: Hashable, Sendable {
        public let name: String
        public let color: RGB
        /// How strongly the swatch inside its outline is filled: 0 for an outline only.
        public let fillOpacity: Double

        public init(name: String, color: RGB, fillOpacity: Double = 1) {
            self.name = name
            self.color = color
            self.fillOpacity = fillOpacity
        }
    }

    public let entries: [Entry]
    public let style: TextStyle

    public init(_ entries: [Entry], style: TextStyle) {
        self.entries = entries
        self.style = style
    }

    private var leading: Int { TextLine.leading(capHeight: style.capHeight) }
    private var swatch: Int { Int(style.capHeight.rounded()) + 4 }

    public var height: Int { entries.count * leading }
    public var width: Int {
        let longest = entries.map { TextLine($0.name, capHeight: style.capHeight).width }.max() ?? 0
        return swatch * 2 + Int(longest.rounded(.up))
    }

    /// Draws the legend with its top left corner at (x, y).
    public func draw(on picture: inout Picture, x: Int, y: Int) {
        for (index, entry) in entries.enumerated() {
            let top = y + index * leading
            picture.fill(
                x: x, y: top, width: swatch, height: swatch, color: entry.color, opacity: entry.fillOpacity)
            let (left, right) = (Double(x) + 1, Double(x + swatch) - 1)
            let (upper, lower) = (Double(top) + 1, Double(top + swatch) - 1)
            picture.stroke(
                [(left, upper), (right, upper), (right, lower), (left, lower), (left, upper)], width: 2,
                color: entry.color)
            picture.draw(
                entry.name, x: Double(x + swatch + swatch / 2), y: Double(top) + Double(swatch) / 2, style: style,
                vertical: .middle)
        }
    }
}
