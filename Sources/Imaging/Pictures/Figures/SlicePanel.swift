/// One slice with what a reader needs to judge it: window, overlays, orientation, scale and place.
public struct SlicePanel: Sendable {
    /// What is written into the picture.
    public struct Annotations: OptionSet, Hashable, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The letters R L A P S I at the edges.
        public static let orientation = Annotations(rawValue: 1)
        public static let scaleBar = Annotations(rawValue: 2)
        /// Plane, number of the slice (counted from 1) and the place of its middle in mm.
        public static let position = Annotations(rawValue: 4)
        public static let window = Annotations(rawValue: 8)
        /// That this is not for diagnosis.
        public static let note = Annotations(rawValue: 16)
        public static let all: Annotations = [.orientation, .scaleBar, .position, .window, .note]
    }

    public static let note = "Research use"

    public var plane: AnatomicalPlane
    public var index: Int
    public var window: Window
    public var layers: [LabelLayer]
    public var millimetresPerPixel: Double
    public var annotations: Annotations
    /// Height of capitals in pixels.
    public var textHeight: Double

    public init(
        _ plane: AnatomicalPlane, at index: Int, window: Window, layers: [LabelLayer] = [],
        millimetresPerPixel: Double, annotations: Annotations = .all, textHeight: Double = 10
    ) {
        self.plane = plane
        self.index = index
        self.window = window
        self.layers = layers
        self.millimetresPerPixel = millimetresPerPixel
        self.annotations = annotations
        self.textHeight = textHeight
    }

    /// Throws `invalidArgument` for a slice that the volume lacks or an unusable scale, `gridMismatch` for labels that
    /// are not on the volume's grid.
    public func picture(of volume: CTVolume) throws(ImagingError) -> Picture {
        let slice = try volume.slice(plane, at: index)
        var picture = try Picture(slice, window: window, millimetresPerPixel: millimetresPerPixel)
        for layer in layers {
            try layer.check(isOn: volume.grid)
            try picture.overlay(
                try layer.labels.slice(plane, at: index), scheme: layer.scheme, style: layer.style,
                millimetresPerPixel: millimetresPerPixel)
        }
        drawCorners(on: &picture, grid: volume.grid)
        if annotations.contains(.orientation) { drawOrientation(on: &picture) }
        return picture
    }

    private var style: TextStyle { TextStyle(capHeight: textHeight, halo: .black) }
    private var margin: Double { (textHeight * 0.6).rounded() }

    private func drawCorners(on picture: inout Picture, grid: Grid) {
        let leading = Double(TextLine.leading(capHeight: textHeight))
        let left = annotations.contains(.position) ? positionLines(grid) : []
        let right = annotations.contains(.window) ? [window.description] : []
        func widest(_ lines: [String]) -> Double {
            lines.map { TextLine($0, capHeight: textHeight).width }.max() ?? 0
        }
        // Where both do not fit beside each other (and the letter between them), the right ones go below.
        let beside = widest(left) + widest(right) + 8 * textHeight < Double(picture.width)
        for (row, line) in (beside ? left : left + right).enumerated() {
            picture.draw(line, x: margin, y: margin + Double(row) * leading, style: style)
        }
        for (row, line) in (beside ? right : []).enumerated() {
            picture.draw(
                line, x: Double(picture.width) - margin, y: margin + Double(row) * leading, style: style,
                horizontal: .right)
        }
        let bottom = picture.height - Int(margin)
        if annotations.contains(.scaleBar),
            let bar = ScaleBar(millimetresPerPixel: millimetresPerPixel, longest: max(picture.width / 4, 1))
        {
            bar.draw(on: &picture, x: Int(margin), y: bottom, capHeight: textHeight)
        }
        if annotations.contains(.note) {
            picture.draw(
                SlicePanel.note, x: Double(picture.width) - margin, y: Double(bottom - 1), style: style,
                horizontal: .right, vertical: .baseline)
        }
    }

    /// `Axial 75/148` and, for the slice's middle, such as `I 312.5 mm`.
    private func positionLines(_ grid: Grid) -> [String] {
        let count = plane.sliceCount(of: grid.size)
        let middle = GridPoint(
            i: plane == .sagittal ? Double(index) : Double(grid.size.i - 1) / 2,
            j: plane == .coronal ? Double(index) : Double(grid.size.j - 1) / 2,
            k: plane == .axial ? Double(index) : Double(grid.size.k - 1) / 2)
        let world = grid.affine.world(of: middle)
        let place: String
        switch plane {
        case .axial: place = "\(world.z < 0 ? "I" : "S") \(plain(abs(world.z), digits: 1)) mm"
        case .coronal: place = "\(world.y < 0 ? "P" : "A") \(plain(abs(world.y), digits: 1)) mm"
        case .sagittal: place = "\(world.x < 0 ? "L" : "R") \(plain(abs(world.x), digits: 1)) mm"
        }
        return ["\(plane.rawValue.prefix(1).uppercased())\(plane.rawValue.dropFirst()) \(index + 1)/\(count)", place]
    }

    private func drawOrientation(on picture: inout Picture) {
        let style = TextStyle(capHeight: textHeight * 1.3, halo: .black)
        let (width, height) = (Double(picture.width), Double(picture.height))
        let edges = plane.edges
        picture.draw(
            String(edges.left.rawValue), x: margin, y: height / 2, style: style, vertical: .middle)
        picture.draw(
            String(edges.right.rawValue), x: width - margin, y: height / 2, style: style, horizontal: .right,
            vertical: .middle)
        picture.draw(String(edges.top.rawValue), x: width / 2, y: margin, style: style, horizontal: .center)
        picture.draw(
            String(edges.bottom.rawValue), x: width / 2, y: height - margin - 1, style: style, horizontal: .center,
            vertical: .baseline)
    }
}
