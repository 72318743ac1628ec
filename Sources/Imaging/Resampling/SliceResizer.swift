/// A rectangle of pixels of a slice; it may reach beyond the slice.
public struct SliceRectangle: Hashable, Sendable {
    public var i: Range<Int>
    public var j: Range<Int>

    public init(i: Range<Int>, j: Range<Int>) {
        self.i = i
        self.j = j
    }
}

/// The way from an axial slice to a network's picture and back: the one path for training and serving.
///
/// A rectangle of the slice becomes a picture of height × width values, rows along j from the rectangle's first j,
/// columns along i; `ResizeFilter` states the convention. `restore` undoes it: what a network says about a picture
/// lands on the pixels it was said about, without a shift.
public struct SliceResizer: Sendable {
    public let rectangle: SliceRectangle
    public let height: Int
    public let width: Int

    /// The largest side of a rectangle or picture.
    public static let largestSide = 1 << 15

    package let columns: ResizeFilter
    package let rows: ResizeFilter
    package let columnsBack: ResizeFilter
    package let rowsBack: ResizeFilter

    /// Throws `invalidArgument` unless all sides are in 1...32768 and the rectangle lies within ±1,000,000 pixels.
    public init(_ rectangle: SliceRectangle, height: Int, width: Int) throws(ImagingError) {
        let sides = 1...Self.largestSide
        let places = -1_000_000...1_000_000
        guard places.contains(rectangle.i.lowerBound), places.contains(rectangle.i.upperBound),
            places.contains(rectangle.j.lowerBound), places.contains(rectangle.j.upperBound),
            sides.contains(rectangle.i.count), sides.contains(rectangle.j.count), sides.contains(height),
            sides.contains(width)
        else {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "A rectangle and its picture must have sides of 1 to \(Self.largestSide) pixels, but "
                    + "columns \(rectangle.i) and rows \(rectangle.j) are to become \(width)×\(height).")
        }
        self.rectangle = rectangle
        self.height = height
        self.width = width
        columns = ResizeFilter(from: rectangle.i.count, to: width)
        rows = ResizeFilter(from: rectangle.j.count, to: height)
        columnsBack = ResizeFilter(from: width, to: rectangle.i.count)
        rowsBack = ResizeFilter(from: height, to: rectangle.j.count)
    }

    /// The part of the rectangle that lies in a slice; nil when nothing does.
    func visible(in size: GridSize) -> SliceRectangle? {
        let i = rectangle.i.clamped(to: 0..<size.i)
        let j = rectangle.j.clamped(to: 0..<size.j)
        return i.isEmpty || j.isEmpty ? nil : SliceRectangle(i: i, j: j)
    }

    func check(slice k: Int, of size: GridSize) throws(ImagingError) {
        guard (0..<size.k).contains(k) else {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "The volume has slices 0 to \(size.k - 1), but slice \(k) was asked for.")
        }
    }

    func check(_ values: Int) throws(ImagingError) {
        guard values == height * width else {
            throw ImagingError(
                .invalidArgument, subject: "slice",
                message: "A picture of \(width)×\(height) holds \(height * width) values, but \(values) were given.")
        }
    }
}
