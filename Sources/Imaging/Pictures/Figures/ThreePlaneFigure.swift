/// Axial, coronal and sagittal slices through one point at one scale, laid out so that what is the same in the patient
/// lines up: axial and coronal share their columns, coronal and sagittal their rows. The fourth corner names the
/// volume, the window and the labels.
public struct ThreePlaneFigure: Sendable {
    public var settings: FigureSettings
    /// Pixels of the longer axial side.
    public var panelSize: Int
    /// Lines that show where the other two planes cut.
    public var crosshair: Bool

    private let gap = 8

    public init(_ settings: FigureSettings, panelSize: Int = 560, crosshair: Bool = true) {
        self.settings = settings
        self.panelSize = panelSize
        self.crosshair = crosshair
    }

    /// The point of the first layer's largest area, or the grid's middle where nothing is labelled.
    public func defaultPoint(on grid: Grid) -> VoxelIndex {
        settings.layers.lazy.compactMap { $0.labels.pointOfInterest() }.first ?? grid.middle
    }

    /// Through `point`, or where that is nil through the first layer's largest area, or through the middle. A volume of
    /// one axial slice is shown as that slice alone.
    ///
    /// Throws `invalidArgument` for a point outside the volume or a size that no picture can have, `gridMismatch` for
    /// labels on another grid.
    public func picture(of volume: CTVolume, at point: VoxelIndex? = nil) throws(ImagingError) -> Picture {
        let point = point ?? defaultPoint(on: volume.grid)
        let axial = try panel(.axial, at: point, of: volume)
        guard volume.grid.size.k > 1 else {
            let corner = try information(volume.grid, width: panelSize, height: axial.height)
            return try page(
                width: axial.width + gap + corner.width, height: axial.height,
                [(axial, 0, 0), (corner, axial.width + gap, 0)])
        }
        let coronal = try panel(.coronal, at: point, of: volume)
        let sagittal = try panel(.sagittal, at: point, of: volume)
        let corner = try information(volume.grid, width: sagittal.width, height: axial.height)
        let (right, below) = (axial.width + gap, axial.height + gap)
        return try page(
            width: right + sagittal.width, height: below + coronal.height,
            [(axial, 0, 0), (corner, right, 0), (coronal, 0, below), (sagittal, right, below)])
    }

    private func page(
        width: Int, height: Int, _ parts: [(picture: Picture, x: Int, y: Int)]
    ) throws(ImagingError) -> Picture {
        var page = try Picture(width: width, height: height, color: RGB(gray: 40))
        for part in parts { page.draw(part.picture, x: part.x, y: part.y) }
        return page
    }

    private func panel(
        _ plane: AnatomicalPlane, at point: VoxelIndex, of volume: CTVolume
    ) throws(ImagingError) -> Picture {
        let panel = SlicePanel(
            plane, at: point.slice(in: plane), window: settings.window, layers: settings.layers,
            millimetresPerPixel: FigureSettings.millimetresPerPixel(volume.grid, pixels: panelSize),
            annotations: [.orientation, .scaleBar, .position], textHeight: settings.textHeight)
        var picture = try panel.picture(of: volume)
        if crosshair { drawCrosshair(on: &picture, plane: plane, point: point, size: volume.grid.size) }
        return picture
    }

    private func drawCrosshair(on picture: inout Picture, plane: AnatomicalPlane, point: VoxelIndex, size: GridSize) {
        func place(_ index: Int, _ count: Int, _ pixels: Int) -> Int {
            Int((Double(index) + 0.5) * Double(pixels) / Double(count))
        }
        let x: Int
        let y: Int
        switch plane {
        case .axial:
            (x, y) = (place(point.i, size.i, picture.width), place(point.j, size.j, picture.height))
        case .coronal:
            (x, y) = (place(point.i, size.i, picture.width), place(size.k - 1 - point.k, size.k, picture.height))
        case .sagittal:
            (x, y) = (place(point.j, size.j, picture.width), place(size.k - 1 - point.k, size.k, picture.height))
        }
        // The point itself stays free to be seen, as do the letters at the edges.
        let free = 24
        let edge = Int(settings.textHeight * 3)
        let color = RGB(hex: 0xE8E0C0)
        for (from, to) in [(edge, x - free), (x + free, picture.width - edge)] where from < to {
            picture.fill(x: from, y: y, width: to - from, height: 1, color: color, opacity: 0.4)
        }
        for (from, to) in [(edge, y - free), (y + free, picture.height - edge)] where from < to {
            picture.fill(x: x, y: from, width: 1, height: to - from, color: color, opacity: 0.4)
        }
    }

    private func information(_ grid: Grid, width: Int, height: Int) throws(ImagingError) -> Picture {
        var picture = try Picture(width: width, height: height)
        let leading = TextLine.leading(capHeight: settings.textHeight)
        let text = TextStyle(capHeight: settings.textHeight)
        let margin = leading
        var y = margin
        if !settings.title.isEmpty {
            let title = TextStyle(capHeight: settings.textHeight * 1.3)
            picture.draw(settings.title, x: Double(margin), y: Double(y), style: title)
            y += leading * 2
        }
        for line in settings.facts(grid) {
            picture.draw(line, x: Double(margin), y: Double(y), style: text)
            y += leading
        }
        y += leading
        Legend(settings.layers.flatMap { $0.legendEntries() }, style: text).draw(on: &picture, x: margin, y: y)
        picture.draw(
            FigureSettings.note, x: Double(margin), y: Double(height - margin), style: text, vertical: .baseline)
        return picture
    }
}
