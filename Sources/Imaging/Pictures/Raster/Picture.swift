/// An 8-bit RGB picture; x grows to the right, y downwards, (0, 0) is the top left pixel.
public struct Picture: Hashable, Sendable, CustomStringConvertible {
    /// No side may be longer, and no picture may have more than `mostPixels`: a mistaken scale must not take the
    /// machine's memory.
    public static let longestSide = 32_767
    public static let mostPixels = 1 << 27

    public let width: Int
    public let height: Int
    /// Red, green, blue of every pixel, row after row from the top.
    public private(set) var bytes: [UInt8]

    /// The size, not the pixels: pictures end up in messages of failed tests.
    public var description: String { "Picture of \(width)×\(height) pixels" }

    /// A picture of one colour.
    ///
    /// Throws `invalidArgument` unless both sides are in 1...`longestSide` and their product is at most `mostPixels`.
    public init(width: Int, height: Int, color: RGB = .black) throws(ImagingError) {
        guard (1...Picture.longestSide).contains(width), (1...Picture.longestSide).contains(height),
            width * height <= Picture.mostPixels
        else {
            throw ImagingError(
                .invalidArgument, subject: "picture",
                message: "A picture has 1 to \(Picture.longestSide) pixels along each side and at most "
                    + "\(Picture.mostPixels) in all, not \(width)×\(height).")
        }
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: color.red, count: width * height * 3)
        guard color.green != color.red || color.blue != color.red else { return }
        for pixel in 0..<width * height {
            bytes[pixel * 3 + 1] = color.green
            bytes[pixel * 3 + 2] = color.blue
        }
    }

    /// The colour of a pixel, which must lie inside the picture.
    public subscript(x: Int, y: Int) -> RGB {
        get {
            let offset = offset(x, y)
            return RGB(bytes[offset], bytes[offset + 1], bytes[offset + 2])
        }
        set {
            let offset = offset(x, y)
            bytes[offset] = newValue.red
            bytes[offset + 1] = newValue.green
            bytes[offset + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(contains(x, y), "pixel (\(x), \(y)) of a picture of \(width)×\(height)")
        return (y * width + x) * 3
    }

    public func contains(_ x: Int, _ y: Int) -> Bool { x >= 0 && y >= 0 && x < width && y < height }

    /// Whether every pixel is a grey.
    public var isGray: Bool {
        for pixel in 0..<width * height
        where bytes[pixel * 3] != bytes[pixel * 3 + 1] || bytes[pixel * 3] != bytes[pixel * 3 + 2] {
            return false
        }
        return true
    }
}

/// Drawing: what lies outside the picture is left out.
extension Picture {
    /// Blends one pixel, as `RGB.blended(over:opacity:)`.
    public mutating func blend(_ color: RGB, opacity: Double, x: Int, y: Int) {
        guard contains(x, y) else { return }
        self[x, y] = color.blended(over: self[x, y], opacity: opacity)
    }

    /// Fills the pixels from (x, y) on, `width` to the right and `height` downwards.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, color: RGB, opacity: Double = 1) {
        let columns = Picture.clip(start: x, count: width, limit: self.width)
        for row in Picture.clip(start: y, count: height, limit: self.height) {
            for column in columns { self[column, row] = color.blended(over: self[column, row], opacity: opacity) }
        }
    }

    /// Puts a picture's top left pixel at (x, y).
    public mutating func draw(_ picture: Picture, x: Int, y: Int) {
        let columns = Picture.clip(start: x, count: picture.width, limit: width)
        guard !columns.isEmpty else { return }
        for row in Picture.clip(start: y, count: picture.height, limit: height) {
            let source = ((row - y) * picture.width + columns.lowerBound - x) * 3
            let target = (row * width + columns.lowerBound) * 3
            bytes.replaceSubrange(
                target..<target + columns.count * 3, with: picture.bytes[source..<source + columns.count * 3])
        }
    }

    private static func clip(start: Int, count: Int, limit: Int) -> Range<Int> {
        guard start < limit, count > 0 else { return 0..<0 }
        let (end, overflow) = start.addingReportingOverflow(count)
        let upper = overflow ? limit : min(end, limit)
        let lower = max(start, 0)
        return lower < upper ? lower..<upper : 0..<0
    }
}
