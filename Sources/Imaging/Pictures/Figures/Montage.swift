/// Pictures side by side, with captions.
public struct Montage: Sendable {
    public struct Tile: Sendable {
        public let picture: Picture
        public let caption: String

        public init(_ picture: Picture, caption: String = "") {
            self.picture = picture
            self.caption = caption
        }
    }

    public var columns: Int
    /// Pixels between tiles and around them.
    public var gap: Int
    public var background: RGB
    public var captionStyle: TextStyle

    public init(
        columns: Int, gap: Int = 6, background: RGB = .black, captionStyle: TextStyle = TextStyle(capHeight: 9)
    ) {
        self.columns = columns
        self.gap = gap
        self.background = background
        self.captionStyle = captionStyle
    }

    /// Rows of tiles from the top left. All columns are as wide as the widest tile or caption, rows as high as their
    /// highest; tiles are centred in their cells, captions stand below them.
    ///
    /// Throws `invalidArgument` without tiles, with fewer than one column or a negative gap, or where the whole is too
    /// large for a picture.
    public func picture(_ tiles: [Tile]) throws(ImagingError) -> Picture {
        guard columns > 0, gap >= 0, gap <= Picture.longestSide, !tiles.isEmpty else {
            throw ImagingError(
                .invalidArgument, subject: "montage",
                message: "A montage has at least one tile and column, not \(tiles.count) and \(columns).")
        }
        let rows = stride(from: 0, to: tiles.count, by: columns).map { tiles[$0..<min($0 + columns, tiles.count)] }
        let cellWidth = tiles.map { max($0.picture.width, captionWidth($0.caption)) }.max() ?? 1
        let heights = rows.map { row in row.map { $0.picture.height + captionHeight($0.caption) }.max() ?? 1 }
        let usedColumns = min(columns, tiles.count)
        var result = try Picture(
            width: usedColumns * (cellWidth + gap) + gap, height: heights.reduce(gap) { $0 + $1 + gap },
            color: background)
        var top = gap
        for (row, height) in zip(rows, heights) {
            for (column, tile) in row.enumerated() {
                let left = gap + column * (cellWidth + gap)
                let own = tile.picture.height + captionHeight(tile.caption)
                let y = top + (height - own) / 2
                result.draw(tile.picture, x: left + (cellWidth - tile.picture.width) / 2, y: y)
                result.draw(
                    tile.caption, x: Double(left) + Double(cellWidth) / 2,
                    y: Double(y + tile.picture.height) + captionStyle.capHeight * 0.6, style: captionStyle,
                    horizontal: .center)
            }
            top += height + gap
        }
        return result
    }

    private func captionWidth(_ caption: String) -> Int {
        Int(TextLine(caption, capHeight: captionStyle.capHeight).width.rounded(.up))
    }

    private func captionHeight(_ caption: String) -> Int {
        caption.isEmpty ? 0 : TextLine.leading(capHeight: captionStyle.capHeight) + 2
    }
}
