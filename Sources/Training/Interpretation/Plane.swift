#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One channel of a picture as numbers, rows from the top: what Deep Dream works on.
public struct Plane: Hashable, Sendable {
    public let height: Int
    public let width: Int
    /// `height·width` values, row after row.
    public internal(set) var values: [Float]

    /// Throws `shapeMismatch` unless there are `height·width` values, at least one.
    public init(_ values: [Float], height: Int, width: Int) throws(TrainingError) {
        guard height >= 1, width >= 1, values.count / height == width, values.count % height == 0 else {
            throw TrainingError(
                .shapeMismatch, subject: "picture",
                message: "A picture of \(height)×\(width) pixels cannot have \(values.count) values.")
        }
        self.init(unchecked: values, height: height, width: width)
    }

    init(unchecked values: [Float], height: Int, width: Int) {
        self.values = values
        self.height = height
        self.width = width
    }

    init(zeros height: Int, _ width: Int) {
        self.init(unchecked: [Float](repeating: 0, count: height * width), height: height, width: width)
    }

    package var standardDeviation: Double {
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        let square = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (square / Double(values.count)).squareRoot()
    }

    /// Split into octaves of spatial frequency (differences of Gaussians of 1, 2, 4 … pixels), each scaled to a standard
    /// deviation of 1, and summed; so that coarse structure counts as much as fine. One band only scales the whole.
    package func equalized(bands: Int) -> Plane {
        var result = Plane(zeros: height, width)
        var rest = self
        for band in 0..<max(1, bands) {
            let coarser = band + 1 < bands ? smoothed(Double(1 << band)) : Plane(zeros: height, width)
            let detail = rest.adding(coarser, factor: -1)
            let deviation = Float(detail.standardDeviation)
            if deviation > 0 { result = result.adding(detail, factor: 1 / deviation) }
            rest = coarser
        }
        return result
    }

    /// The sum of this and `factor` times another plane of its size.
    func adding(_ other: Plane, factor: Float) -> Plane {
        var result = self
        for index in values.indices { result.values[index] += factor * other.values[index] }
        return result
    }

    /// Bilinear, the outer edges of both pictures the same; where it gets smaller, over a triangle as wide as a new pixel
    /// to both sides, so that nothing finer than the new pixels is left to alias.
    package func resized(to newHeight: Int, _ newWidth: Int) -> Plane {
        guard (newHeight, newWidth) != (height, width) else { return self }
        let columns = Self.taps(from: width, to: newWidth)
        let rows = Self.taps(from: height, to: newHeight)
        var narrow = Plane(zeros: height, newWidth)
        for y in 0..<height {
            for (x, taps) in columns.enumerated() {
                narrow.values[y * newWidth + x] = taps.reduce(0) { $0 + $1.weight * values[y * width + $1.index] }
            }
        }
        var result = Plane(zeros: newHeight, newWidth)
        for (y, taps) in rows.enumerated() {
            for tap in taps {
                for x in 0..<newWidth {
                    result.values[y * newWidth + x] += tap.weight * narrow.values[tap.index * newWidth + x]
                }
            }
        }
        return result
    }

    private static func taps(from old: Int, to new: Int) -> [[(index: Int, weight: Float)]] {
        let scale = Double(old) / Double(new)
        let reach = max(1, scale)
        return (0..<new).map { place in
            let center = (Double(place) + 0.5) * scale - 0.5
            let range = Int((center - reach).rounded(.up))...Int((center + reach).rounded(.down))
            let weights = range.map { max(0, 1 - abs(Double($0) - center) / reach) }
            let total = weights.reduce(0, +)
            // The picture's edge goes on beyond itself.
            return zip(range, weights).map { (min(max($0, 0), old - 1), Float($1 / total)) }
        }
    }

    /// Moved down and to the right; what leaves on one side comes back on the other.
    package func shifted(_ down: Int, _ right: Int) -> Plane {
        var result = self
        for y in 0..<height {
            let row = ((y + down) % height + height) % height
            for x in 0..<width {
                let column = ((x + right) % width + width) % width
                result.values[row * width + column] = values[y * width + x]
            }
        }
        return result
    }

    /// Convolved with a Gaussian of this standard deviation in pixels, cut off at three of them; the picture goes on
    /// periodically, as `shifted` has it.
    package func smoothed(_ sigma: Double) -> Plane {
        guard sigma > 0 else { return self }
        let reach = max(1, Int((3 * sigma).rounded(.up)))
        let bell = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let total = bell.reduce(0, +)
        let weights = bell.map { Float($0 / total) }
        var along = Plane(zeros: height, width)
        for y in 0..<height {
            for x in 0..<width {
                var sum: Float = 0
                for (tap, weight) in weights.enumerated() {
                    let column = ((x + tap - reach) % width + width) % width
                    sum += weight * values[y * width + column]
                }
                along.values[y * width + x] = sum
            }
        }
        var result = Plane(zeros: height, width)
        for y in 0..<height {
            for (tap, weight) in weights.enumerated() {
                let row = ((y + tap - reach) % height + height) % height
                for x in 0..<width { result.values[y * width + x] += weight * along.values[row * width + x] }
            }
        }
        return result
    }
}
