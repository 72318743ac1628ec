import Imaging
import Severity

/// A lung as it looks from the front: how far it reaches at every height.
struct LungSilhouette {
    /// One row of voxels, from the head to the feet; mm from the volume's right edge and below its top.
    struct Row {
        let y: Double
        let left: Double
        let right: Double
    }

    let rows: [Row]
    /// Of every row: 0 for the upper third.
    private let thirds: [Int]
    /// mm from the top to the bottom of a row.
    let rowHeight: Double

    /// mm: a row's parts that lie nearer to each other are one; specks apart from the lung are left out.
    private static let closedGap = 10.0

    /// nil where the side has no voxel.
    init?(of side: LungSide, in lungs: LabelVolume) {
        let size = lungs.grid.size
        let spacing = lungs.grid.spacing
        let gap = max(Int((Self.closedGap / spacing.i).rounded()), 1)
        let slices = lungs.withUnsafeVoxels { voxels in
            Parallel.map(of: size.k, length: 1) { slice -> (extent: Range<Int>?, voxels: Int) in
                let start = slice.lowerBound * size.j * size.i
                var columns = [Bool](repeating: false, count: size.i)
                var count = 0
                for j in 0..<size.j {
                    for i in 0..<size.i where voxels[start + j * size.i + i] == side.rawValue {
                        columns[i] = true
                        count += 1
                    }
                }
                return (Self.widest(columns, closing: gap), count)
            }
        }
        let extents = slices.map(\.extent)
        guard let borders = LungThirds(voxelsByLevel: slices.map(\.voxels)),
            let lowest = extents.firstIndex(where: { $0 != nil }),
            let highest = extents.lastIndex(where: { $0 != nil })
        else { return nil }
        rowHeight = spacing.k
        thirds = (lowest...highest).reversed().map { 2 - borders.third(of: $0) }
        // A slice without lung between others takes its upper neighbour's extent.
        var last = extents[highest] ?? 0..<1
        rows = (lowest...highest).reversed().map { k in
            last = extents[k] ?? last
            return Row(
                y: Double(size.k - 1 - k) * spacing.k, left: Double(last.lowerBound) * spacing.i,
                right: Double(last.upperBound) * spacing.i)
        }
    }

    private static func widest(_ columns: [Bool], closing gap: Int) -> Range<Int>? {
        var best: Range<Int>?
        var current: Range<Int>?
        for index in columns.indices where columns[index] {
            if let run = current, index - run.upperBound <= gap {
                current = run.lowerBound..<index + 1
            } else {
                current = index..<index + 1
            }
            if let run = current, run.count > best?.count ?? 0 { best = run }
        }
        return best
    }

    /// The rows of one third, 0 uppermost, by the rule of the zones.
    func rows(ofThird third: Int) -> ArraySlice<Row> {
        guard let first = thirds.firstIndex(of: third), let last = thirds.lastIndex(of: third) else { return [] }
        return rows[first...last]
    }
}
