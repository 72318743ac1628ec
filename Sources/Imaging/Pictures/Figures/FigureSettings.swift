/// What the figures of a volume have in common.
public struct FigureSettings: Sendable {
    public var window: Window
    public var layers: [LabelLayer]
    /// For example the file's name.
    public var title: String
    /// Height of capitals in pixels.
    public var textHeight: Double

    public init(window: Window = .lung, layers: [LabelLayer] = [], title: String = "", textHeight: Double = 10) {
        self.window = window
        self.layers = layers
        self.title = title
        self.textHeight = textHeight
    }

    static let note = "Research use, not a medical device"

    /// Size, spacing and window of a volume, in words.
    func facts(_ grid: Grid) -> [String] {
        let spacing = grid.spacing
        return [
            "\(grid.size.i) × \(grid.size.j) × \(grid.size.k) voxels",
            "\(plain(spacing.i, digits: 3)) × \(plain(spacing.j, digits: 3)) × \(plain(spacing.k, digits: 3)) mm",
            window.description,
        ]
    }

    /// The mm per pixel at which the volume's larger axial side takes the given number of pixels.
    static func millimetresPerPixel(_ grid: Grid, pixels: Int) -> Double {
        let spacing = grid.spacing
        return max(Double(grid.size.i) * spacing.i, Double(grid.size.j) * spacing.j) / Double(max(pixels, 1))
    }
}
