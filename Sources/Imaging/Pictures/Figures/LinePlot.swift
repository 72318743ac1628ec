/// Curves over a common axis, such as losses over epochs.
public struct LinePlot: Sendable {
    public struct Series: Sendable {
        public let name: String
        public let points: [(x: Double, y: Double)]
        public let color: RGB

        public init(name: String, points: [(x: Double, y: Double)], color: RGB) {
            self.name = name
            self.points = points
            self.color = color
        }
    }

    public var title: String
    public var xLabel: String
    public var yLabel: String
    public var series: [Series]
    /// The axes' ranges; nil for those of the points, opened to the next ticks.
    public var xRange: ClosedRange<Double>?
    public var yRange: ClosedRange<Double>?
    /// Which corner the names of the curves stand in.
    public var legendCorner = LegendCorner.topRight
    /// Height of capitals in pixels.
    public var textHeight = 10.0

    public enum LegendCorner: Sendable { case topRight, bottomRight }

    private let ink = RGB(gray: 40)
    private let grid = RGB(gray: 222)

    public init(
        title: String = "", xLabel: String = "", yLabel: String = "", series: [Series],
        xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
        self.xRange = xRange
        self.yRange = yRange
    }

    /// Dark on white. Points that are not finite interrupt their curve.
    ///
    /// Throws `invalidArgument` for a size without room for axes, or that no picture can have.
    public func picture(width: Int = 640, height: Int = 400) throws(ImagingError) -> Picture {
        let x = Axis(series.flatMap { $0.points.map(\.x) }, range: xRange, count: max(2, width / 90))
        let y = Axis(series.flatMap { $0.points.map(\.y) }, range: yRange, count: max(2, height / 50))
        let leading = Double(TextLine.leading(capHeight: textHeight))
        let widest = y.ticks.map { TextLine(plain($0, digits: 6), capHeight: textHeight).width }.max() ?? 0
        let frame = Frame(
            left: (widest + 2 * textHeight).rounded() + 0.5, right: Double(width) - 2 * leading + 0.5,
            top: (leading * (title.isEmpty ? 1.5 : 2.5)).rounded() + 0.5,
            bottom: Double(height) - (leading * (xLabel.isEmpty ? 1.6 : 2.6)).rounded() + 0.5, x: x, y: y)
        guard frame.right > frame.left + 10, frame.bottom > frame.top + 10 else {
            throw ImagingError(
                .invalidArgument, subject: "plot", message: "A plot of \(width)×\(height) pixels has no room for axes.")
        }
        var picture = try Picture(width: width, height: height, color: .white)
        drawAxes(on: &picture, frame: frame)
        for series in series {
            for run in series.points.split(whereSeparator: { !$0.x.isFinite || !$0.y.isFinite }) {
                picture.stroke(run.compactMap(frame.place), width: 2, color: series.color)
            }
        }
        drawLegend(on: &picture, frame: frame)
        return picture
    }

    private func drawAxes(on picture: inout Picture, frame: Frame) {
        let text = TextStyle(capHeight: textHeight, color: ink)
        let gap = textHeight * 0.7
        for tick in frame.x.ticks {
            guard let (x, _) = frame.place((tick, frame.y.range.lowerBound)) else { continue }
            picture.stroke([(x, frame.top), (x, frame.bottom)], width: 1, color: grid)
            picture.draw(
                plain(tick, digits: 6), x: x, y: frame.bottom + gap, style: text, horizontal: .center)
        }
        for tick in frame.y.ticks {
            guard let (_, y) = frame.place((frame.x.range.lowerBound, tick)) else { continue }
            picture.stroke([(frame.left, y), (frame.right, y)], width: 1, color: grid)
            picture.draw(
                plain(tick, digits: 6), x: frame.left - gap, y: y, style: text, horizontal: .right, vertical: .middle)
        }
        picture.stroke(
            [(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], width: 1, color: ink)
        let middle = (frame.left + frame.right) / 2
        picture.draw(
            xLabel, x: middle, y: Double(picture.height) - textHeight * 0.8, style: text, horizontal: .center,
            vertical: .baseline)
        picture.draw(yLabel, x: gap, y: frame.top - 1.3 * textHeight, style: text, vertical: .baseline)
        let heading = TextStyle(capHeight: textHeight * 1.2, color: ink)
        picture.draw(title, x: middle, y: textHeight * 0.8, style: heading, horizontal: .center)
    }

    /// In its corner, over a white ground.
    private func drawLegend(on picture: inout Picture, frame: Frame) {
        let named = series.filter { !$0.name.isEmpty }
        guard !named.isEmpty else { return }
        let legend = Legend(
            named.map { Legend.Entry(name: $0.name, color: $0.color) },
            style: TextStyle(capHeight: textHeight, color: ink))
        let x = Int(frame.right) - legend.width - 8
        let y = legendCorner == .topRight ? Int(frame.top) + 8 : Int(frame.bottom) - legend.height - 6
        picture.fill(
            x: x - 6, y: y - 6, width: legend.width + 12, height: legend.height + 6, color: .white, opacity: 0.85)
        legend.draw(on: &picture, x: x, y: y)
    }
}

/// The range and ticks of one axis.
private struct Axis {
    let range: ClosedRange<Double>
    let ticks: [Double]

    init(_ values: [Double], range given: ClosedRange<Double>?, count: Int) {
        let finite = values.filter(\.isFinite)
        var range = given ?? (finite.min() ?? 0)...(finite.max() ?? 1)
        let extent = range.upperBound - range.lowerBound
        if !(extent > 0 && extent.isFinite) {
            let middle = range.lowerBound.isFinite ? range.lowerBound : 0
            let half = max(abs(middle) * 0.1, 0.5)
            range = middle - half...middle + half
        }
        if given == nil {
            // Open the range to whole ticks, so that the curves' ends stand clear of the frame.
            let step = AxisTicks.roundStep(atLeast: (range.upperBound - range.lowerBound) / Double(count))
            range =
                (range.lowerBound / step).rounded(.down) * step...(range.upperBound / step).rounded(.up) * step
        }
        self.range = range
        ticks = AxisTicks.round(range, count: count + 2)
    }

    /// 0 at the range's start, 1 at its end.
    func share(_ value: Double) -> Double { (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
}

/// Where the axes lie in the picture.
private struct Frame {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    let x: Axis
    let y: Axis

    /// Picture coordinates of a point; values beyond an axis lie on its end. Nil where that is not a number.
    func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
        let across = min(max(x.share(point.x), 0), 1)
        let up = min(max(y.share(point.y), 0), 1)
        guard across.isFinite, up.isFinite else { return nil }
        return (left + across * (right - left), bottom - up * (bottom - top))
    }
}
