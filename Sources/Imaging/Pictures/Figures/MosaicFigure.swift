/// Axial slices at even distances from the feet to the head, in rows from the top left.
public struct MosaicFigure: Sendable {
    public var settings: FigureSettings
    public var count: Int
    /// Pixels of the longer side of a slice.
    public var panelSize: Int

    public init(_ settings: FigureSettings, count: Int, panelSize: Int = 280) {
        self.settings = settings
        self.count = count
        self.panelSize = panelSize
    }

    /// The middle slices of `count` equal parts of the volume; all slices where it has no more.
    public static func slices(count: Int, of total: Int) -> [Int] {
        guard count < total else { return Array(0..<max(total, 0)) }
        return (0..<max(count, 0)).map { (2 * $0 + 1) * total / (2 * count) }
    }

    /// Throws `invalidArgument` for a count below 1 or a size that no picture can have, `gridMismatch` for labels on
    /// another grid.
    public func picture(of volume: CTVolume) throws(ImagingError) -> Picture {
        guard count > 0, count <= 10_000 else {
            throw ImagingError(
                .invalidArgument, subject: "mosaic", message: "A mosaic has 1 to 10000 slices, not \(count).")
        }
        var tiles: [Montage.Tile] = []
        for index in MosaicFigure.slices(count: count, of: volume.grid.size.k) {
            let panel = SlicePanel(
                .axial, at: index, window: settings.window, layers: settings.layers,
                millimetresPerPixel: FigureSettings.millimetresPerPixel(volume.grid, pixels: panelSize),
                annotations: tiles.isEmpty ? [.position, .orientation, .scaleBar] : [.position, .orientation],
                textHeight: max(settings.textHeight * 0.75, 6))
            tiles.append(Montage.Tile(try panel.picture(of: volume)))
        }
        let montage = Montage(
            columns: MosaicFigure.columns(of: tiles.count, tile: tiles[0].picture), gap: 4,
            background: RGB(gray: 40))
        return try framed(try montage.picture(tiles), grid: volume.grid)
    }

    /// Columns for a mosaic about half as wide again as high, with few empty places in its last row.
    private static func columns(of count: Int, tile: Picture) -> Int {
        func cost(_ columns: Int) -> Double {
            let rows = (count + columns - 1) / columns
            let shape = Double(columns * tile.width) / Double(rows * tile.height) / 1.5
            return max(shape, 1 / shape) + 2 * Double(rows * columns - count) / Double(count)
        }
        return (1...max(count, 1)).min { cost($0) < cost($1) } ?? 1
    }

    /// Adds the title, facts and legend above, and the note below.
    private func framed(_ content: Picture, grid: Grid) throws(ImagingError) -> Picture {
        let leading = TextLine.leading(capHeight: settings.textHeight)
        let text = TextStyle(capHeight: settings.textHeight)
        let legend = Legend(settings.layers.flatMap { $0.legendEntries() }, style: text)
        let facts = (settings.title.isEmpty ? [] : [settings.title]) + settings.facts(grid)
        let margin = leading / 2
        let factsWidth = facts.map { Int(TextLine($0, capHeight: text.capHeight).width.rounded(.up)) }.max() ?? 0
        let header = margin + max(facts.count * leading, legend.height) + margin / 2
        let width = max(content.width, margin * 4 + factsWidth + legend.width)
        var picture = try Picture(width: width, height: header + content.height + leading + margin)
        for (row, line) in facts.enumerated() {
            picture.draw(line, x: Double(margin), y: Double(margin + row * leading), style: text)
        }
        legend.draw(on: &picture, x: width - margin - legend.width, y: margin)
        picture.draw(content, x: (width - content.width) / 2, y: header)
        picture.draw(
            FigureSettings.note, x: Double(margin), y: Double(picture.height - margin), style: text,
            vertical: .baseline)
        return picture
    }
}
