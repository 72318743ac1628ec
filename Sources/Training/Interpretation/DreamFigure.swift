import Imaging

/// Dreams side by side, one per class, as in the paper's Fig. 4.
public struct DreamFigure: Sendable {
    /// One name per class of the network.
    public var classNames: [String]
    /// Height of capitals in pixels.
    public var textHeight = 10.0

    public init(classNames: [String]) { self.classNames = classNames }

    /// `start` is the picture that was dreamt into; it comes first. Throws `invalidArgument` without dreams, or where they
    /// are too large for a picture.
    public func picture(of dreams: [Dream], from start: Plane? = nil) throws(ImagingError) -> Picture {
        var tiles: [Montage.Tile] = []
        if let start { tiles.append(Montage.Tile(try start.picture(), caption: "Start")) }
        for dream in dreams {
            let named = classNames.indices.contains(dream.channel)
            tiles.append(
                Montage.Tile(
                    try dream.picture.picture(),
                    caption: named ? classNames[dream.channel] : "Class \(dream.channel)"))
        }
        return try Montage(columns: min(5, max(1, tiles.count)), captionStyle: TextStyle(capHeight: textHeight))
            .picture(tiles)
    }
}

extension Plane {
    /// Share of the pixels at each end that become black or white.
    private static let clipped = 0.01

    /// In greys, stretched so that all but the darkest and brightest hundredth differ. Throws `invalidArgument` for a size
    /// that no picture can have.
    public func picture() throws(ImagingError) -> Picture {
        let sorted = values.sorted()
        let last = Double(sorted.count - 1)
        let dark = sorted[Int(last * Self.clipped)]
        let bright = sorted[Int((last * (1 - Self.clipped)).rounded(.up))]
        var picture = try Picture(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                let value = values[y * width + x]
                let share = bright > dark ? Double((value - dark) / (bright - dark)) : 0.5
                picture[x, y] = ColorMap.gray.color(share)
            }
        }
        return picture
    }
}
