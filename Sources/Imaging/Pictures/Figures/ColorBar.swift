/// A colour map's key: an upright bar with ticks.
public struct ColorBar: Sendable {
    public let map: ColorMap
    public let range: ClosedRange<Double>
    public let title: String
    public let ticks: [Double]

    /// Ticks at round numbers unless others are given; those outside the range are left out.
    public init(_ map: ColorMap, range: ClosedRange<Double>, title: String = "", ticks: [Double]? = nil) {
        self.map = map
        self.range = range
        self.title = title
        self.ticks = (ticks ?? AxisTicks.round(range, count: 6)).filter(range.contains)
    }

    /// The bar, `length` pixels high, with its title above and its ticks to the right.
    ///
    /// Throws `invalidArgument` for a length that no picture can have.
    public func picture(
        length: Int, capHeight: Double = 10, ink: RGB = .white, background: RGB = .black
    ) throws(ImagingError) -> Picture {
        let style = TextStyle(capHeight: capHeight, color: ink)
        let gap = Int(capHeight)
        let bar = max(6, Int(capHeight * 1.4))
        let top = title.isEmpty ? gap : gap + TextLine.leading(capHeight: capHeight)
        let labels = ticks.map { plain($0, digits: 6) }
        func width(_ text: String) -> Int { Int(TextLine(text, capHeight: capHeight).width.rounded(.up)) }
        let labelWidth = labels.map(width).max() ?? 0
        guard length > 0, length <= Picture.longestSide else {
            throw ImagingError(
                .invalidArgument, subject: "colour bar", message: "A colour bar cannot be \(length) pixels long.")
        }
        var picture = try Picture(
            width: max(bar + 2 * gap + labelWidth, width(title)) + gap, height: top + length + gap, color: background)
        for row in 0..<length {
            let value = length > 1 ? 1 - Double(row) / Double(length - 1) : 1
            picture.fill(x: 0, y: top + row, width: bar, height: 1, color: map.color(value))
        }
        picture.draw(title, x: 0, y: 2, style: style)
        let extent = range.upperBound - range.lowerBound
        for (tick, label) in zip(ticks, labels) {
            let y = Double(top) + (1 - (tick - range.lowerBound) / extent) * Double(length - 1) + 0.5
            picture.fill(x: bar, y: Int(y), width: gap / 2, height: 1, color: ink)
            picture.draw(label, x: Double(bar + gap), y: y, style: style, vertical: .middle)
        }
        return picture
    }
}
