import Foundation

/// Moves an image's pixels: flips, rotates about the centre, scales and shifts.
struct Warp: Sendable {
    let height: Int
    let width: Int
    // Where a pixel of the result comes from: row = a·r + b·c + c0, column likewise, with centred coordinates.
    private let rowOfRow, rowOfColumn, columnOfRow, columnOfColumn, rowShift, columnShift: Double

    init(_ draw: AugmentationDraw, height: Int, width: Int) {
        self.height = height
        self.width = width
        let (cosine, sine) = (cos(draw.rotation) / draw.scale, sin(draw.rotation) / draw.scale)
        let mirror = draw.flips ? -1.0 : 1.0
        rowOfRow = cosine
        rowOfColumn = sine
        columnOfRow = -sine * mirror
        columnOfColumn = cosine * mirror
        rowShift = draw.shift.rows * Double(height)
        columnShift = draw.shift.columns * Double(width)
    }

    /// Bilinear; `outside` beyond the border.
    func image(_ values: [Float], outside: Float) -> [Float] {
        var result = [Float](repeating: outside, count: values.count)
        sample { target, row, column in
            let (top, left) = (row.rounded(.down), column.rounded(.down))
            let (r, c) = (Int(top), Int(left))
            guard r >= -1, c >= -1, r < height, c < width else { return }
            func at(_ r: Int, _ c: Int) -> Float {
                r >= 0 && c >= 0 && r < height && c < width ? values[r * width + c] : outside
            }
            let (down, right) = (Float(row - top), Float(column - left))
            let above = at(r, c) * (1 - right) + at(r, c + 1) * right
            let below = at(r + 1, c) * (1 - right) + at(r + 1, c + 1) * right
            result[target] = above * (1 - down) + below * down
        }
        return result
    }

    /// Nearest neighbour; `outside` beyond the border.
    func labels(_ values: [UInt8], outside: UInt8) -> [UInt8] {
        var result = [UInt8](repeating: outside, count: values.count)
        sample { target, row, column in
            let (r, c) = (Int(row.rounded()), Int(column.rounded()))
            if r >= 0, c >= 0, r < height, c < width { result[target] = values[r * width + c] }
        }
        return result
    }

    private func sample(_ place: (_ target: Int, _ row: Double, _ column: Double) -> Void) {
        let (middleRow, middleColumn) = (Double(height - 1) / 2, Double(width - 1) / 2)
        for r in 0..<height {
            for c in 0..<width {
                let y = Double(r) - middleRow - rowShift
                let x = Double(c) - middleColumn - columnShift
                place(
                    r * width + c, rowOfRow * y + rowOfColumn * x + middleRow,
                    columnOfRow * y + columnOfColumn * x + middleColumn)
            }
        }
    }
}

/// Gaussian blur with σ in pixels, borders continued.
func blurred(_ values: [Float], height: Int, width: Int, sigma: Double) -> [Float] {
    guard sigma > 0 else { return values }
    let radius = max(1, Int((3 * sigma).rounded(.up)))
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    let kernel = weights.map { Float($0 / sum) }
    func pass(_ source: [Float], _ neighbour: (_ r: Int, _ c: Int, _ step: Int) -> Int) -> [Float] {
        var result = [Float](repeating: 0, count: source.count)
        for r in 0..<height {
            for c in 0..<width {
                var value: Float = 0
                for (index, weight) in kernel.enumerated() { value += weight * source[neighbour(r, c, index - radius)] }
                result[r * width + c] = value
            }
        }
        return result
    }
    let rows = pass(values) { r, c, step in r * width + min(max(c + step, 0), width - 1) }
    return pass(rows) { r, c, step in min(max(r + step, 0), height - 1) * width + c }
}
