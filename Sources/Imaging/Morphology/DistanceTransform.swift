/// The exact squared Euclidean distance of every voxel of a box to the nearest foreground voxel, centre to centre.
///
/// Separable: distances along i from runs, then along j and k the lower envelope of parabolas, as in Maurer, Qi and
/// Raghavan 2003 (doi:10.1109/TPAMI.2003.1177156), which needs no division. Distances along lines are computed in
/// Double and kept in Float.
struct DistanceTransform {
    let source: UnsafePointer<UInt8>
    let size: GridSize
    let spacing: Spacing
    /// Distance to the background instead of the foreground.
    let inverted: Bool
    let box: VoxelBox

    /// `box.voxels` squared distances in mm², i fastest; infinity everywhere when there is nothing to be near to.
    func write(to target: UnsafeMutablePointer<Float>) {
        let (width, height, depth) = (box.i.count, box.j.count, box.k.count)
        let alongI = (0..<width).map { Float(Double($0) * spacing.i * Double($0) * spacing.i) }
        Parallel.pieces(of: depth, length: 4) { slices in
            let scratch = LineScratch(count: height)
            defer { scratch.deallocate() }
            for k in slices {
                let slice = target + k * height * width
                for j in 0..<height {
                    let voxel = ((k + box.k.lowerBound) * size.j + j + box.j.lowerBound) * size.i + box.i.lowerBound
                    let row = MaskRow(source + voxel, count: width)
                    alongI.withUnsafeBufferPointer {
                        _ = RowDistances.fill(slice + j * width, from: row, inverted: inverted, costs: $0)
                    }
                }
                scratch.transformColumns(slice, columns: width, stride: width, spacing: spacing.j)
            }
        }
        Parallel.pieces(of: height, length: 8) { rows in
            let scratch = LineScratch(count: depth)
            defer { scratch.deallocate() }
            for j in rows {
                scratch.transformColumns(
                    target + j * width, columns: width, stride: width * height, spacing: spacing.k)
            }
        }
    }
}

/// Memory for the lines of one thread, and the transform along them.
private struct LineScratch {
    /// Columns copied together, so that every cache line that is read is used.
    private static let block = 16

    let count: Int
    /// `block` lines, one after the other.
    let lines: UnsafeMutablePointer<Double>
    /// The parabolas of the lower envelope: their places (mm) and heights (mm²).
    let places: UnsafeMutablePointer<Double>
    let heights: UnsafeMutablePointer<Double>

    init(count: Int) {
        self.count = count
        lines = .allocate(capacity: count * Self.block)
        places = .allocate(capacity: count)
        heights = .allocate(capacity: count)
    }

    func deallocate() {
        lines.deallocate()
        places.deallocate()
        heights.deallocate()
    }

    /// Transforms neighbouring columns in place; `stride` lies between a column's values.
    func transformColumns(_ values: UnsafeMutablePointer<Float>, columns: Int, stride: Int, spacing: Double) {
        for first in Swift.stride(from: 0, to: columns, by: Self.block) {
            let width = min(Self.block, columns - first)
            for row in 0..<count {
                let source = values + row * stride + first
                for column in 0..<width { lines[column * count + row] = Double(source[column]) }
            }
            for column in 0..<width { transform(lines + column * count, spacing) }
            for row in 0..<count {
                let target = values + row * stride + first
                for column in 0..<width { target[column] = Float(lines[column * count + row]) }
            }
        }
    }

    private func transform(_ line: UnsafeMutablePointer<Double>, _ spacing: Double) {
        let parabolas = envelope(of: line, spacing)
        guard parabolas > 0 else { return }
        var current = 0
        for index in 0..<count {
            let place = Double(index) * spacing
            var distance = heights[current] + (place - places[current]) * (place - places[current])
            while current + 1 < parabolas {
                let offset = place - places[current + 1]
                let next = heights[current + 1] + offset * offset
                guard next <= distance else { break }
                distance = next
                current += 1
            }
            line[index] = distance
        }
    }

    /// Finds the parabolas that are lowest somewhere; returns how many.
    private func envelope(of line: UnsafePointer<Double>, _ spacing: Double) -> Int {
        var found = 0
        for index in 0..<count where line[index] < .infinity {
            let (place, height) = (Double(index) * spacing, line[index])
            while found >= 2, isHidden(found - 1, behind: place, height) { found -= 1 }
            places[found] = place
            heights[found] = height
            found += 1
        }
        return found
    }

    /// Whether the parabola lies above its predecessor or the new one everywhere.
    private func isHidden(_ index: Int, behind place: Double, _ height: Double) -> Bool {
        let before = places[index] - places[index - 1]
        let after = place - places[index]
        let whole = place - places[index - 1]
        return whole * heights[index] - after * heights[index - 1] - before * height - before * after * whole > 0
    }
}
