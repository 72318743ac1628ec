/// How much of each pixel lines cover, for strokes without stairs; (x, y) are picture coordinates where pixel 0 spans
/// 0 to 1. Overlapping strokes of one mask do not add up, so joints do not show.
struct Coverage {
    let left: Int
    let top: Int
    let width: Int
    let height: Int
    /// 0...1, row after row.
    private(set) var values: [Float]

    /// A mask of the rectangle that holds all strokes between the given corners; nil where none of it lies inside the
    /// picture, whose rest it leaves out.
    init?(
        from lower: (x: Double, y: Double), to upper: (x: Double, y: Double), margin: Double, inside picture: Picture
    ) {
        func range(_ lower: Double, _ upper: Double, _ limit: Int) -> Range<Int>? {
            let first = max(lower - margin - 1, 0).rounded(.down)
            let last = min(upper + margin + 1, Double(limit)).rounded(.up)
            // Also false for NaN.
            guard first < last else { return nil }
            return Int(first)..<Int(last)
        }
        guard let columns = range(lower.x, upper.x, picture.width), let rows = range(lower.y, upper.y, picture.height)
        else { return nil }
        left = columns.lowerBound
        top = rows.lowerBound
        width = columns.count
        height = rows.count
        values = [Float](repeating: 0, count: width * height)
    }

    /// A line of the given width with round ends.
    mutating func addSegment(from a: (x: Double, y: Double), to b: (x: Double, y: Double), width strokeWidth: Double) {
        let reach = strokeWidth / 2 + 0.5
        let along = (x: b.x - a.x, y: b.y - a.y)
        let squaredLength = along.x * along.x + along.y * along.y
        let columns = Coverage.span(min(a.x, b.x) - reach, max(a.x, b.x) + reach, origin: left, count: width)
        for row in Coverage.span(min(a.y, b.y) - reach, max(a.y, b.y) + reach, origin: top, count: height) {
            for column in columns {
                let offset = (x: Double(column + left) + 0.5 - a.x, y: Double(row + top) + 0.5 - a.y)
                let share =
                    squaredLength > 0
                    ? min(max((offset.x * along.x + offset.y * along.y) / squaredLength, 0), 1) : 0
                let distance = (x: offset.x - share * along.x, y: offset.y - share * along.y)
                let covered = reach - (distance.x * distance.x + distance.y * distance.y).squareRoot()
                let index = row * width + column
                if covered > 0 { values[index] = max(values[index], Float(min(covered, 1, strokeWidth))) }
            }
        }
    }

    /// Indices of the pixels that overlap lower...upper.
    private static func span(_ lower: Double, _ upper: Double, origin: Int, count: Int) -> Range<Int> {
        let first = max((lower - Double(origin)).rounded(.down), 0)
        let last = min((upper - Double(origin)).rounded(.up), Double(count))
        guard first < last else { return 0..<0 }
        return Int(first)..<Int(last)
    }
}

extension Picture {
    mutating func blend(_ coverage: Coverage, color: RGB, opacity: Double = 1) {
        for row in 0..<coverage.height {
            for column in 0..<coverage.width {
                let covered = coverage.values[row * coverage.width + column]
                guard covered > 0 else { continue }
                blend(color, opacity: Double(covered) * opacity, x: coverage.left + column, y: coverage.top + row)
            }
        }
    }

    /// Draws connected lines without stairs. Points are picture coordinates: the centre of pixel 0 is at 0.5.
    public mutating func stroke(_ points: [(x: Double, y: Double)], width: Double, color: RGB, opacity: Double = 1) {
        let xs = points.map(\.x)
        let ys = points.map(\.y)
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max(),
            var coverage = Coverage(from: (left, top), to: (right, bottom), margin: width / 2, inside: self)
        else { return }
        for (a, b) in zip(points, points.count > 1 ? Array(points.dropFirst()) : points) {
            coverage.addSegment(from: a, to: b, width: width)
        }
        blend(coverage, color: color, opacity: opacity)
    }
}
