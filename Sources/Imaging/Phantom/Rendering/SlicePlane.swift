/// The plane of one slice in the patient, and which of its pixels a solid can touch.
struct SlicePlane {
    let columns: Int
    let rows: Int
    /// Centre of pixel (0, 0), and the steps to the next column, row and slice, mm.
    let origin: Vector
    let columnStep: Vector
    let rowStep: Vector
    /// Rows of the inverse of the steps' matrix: millimetres to pixels and slices.
    private let inverse: (Vector, Vector, Vector)
    /// Half the width over which an edge blurs, mm: half a pixel, and never sharper than a scanner.
    let edge: Double

    /// `slice` need not be a whole number.
    init(grid: Grid, slice: Double) {
        let affine = grid.affine
        columns = grid.size.i
        rows = grid.size.j
        origin = affine.origin + affine.k * slice
        columnStep = affine.i
        rowStep = affine.j
        let determinant = affine.determinant
        inverse = (
            affine.j.cross(affine.k) / determinant, affine.k.cross(affine.i) / determinant,
            affine.i.cross(affine.j) / determinant
        )
        edge = max(0.45, 0.5 * max(columnStep.length, rowStep.length))
    }

    /// Calls the body for all pixels of the box, with the place in mm and the pixel's index.
    @inline(__always)
    func forEachPixel(in box: Box, _ body: (Vector, Int) -> Void) {
        let offset = box.center - origin
        let half = box.halfExtent + Vector(repeating: edge)
        func extent(_ row: Vector) -> Double { abs(row.x) * half.x + abs(row.y) * half.y + abs(row.z) * half.z }
        guard abs(inverse.2.dot(offset)) <= extent(inverse.2),
            let columnRange = Self.range(inverse.0.dot(offset), extent(inverse.0), count: columns),
            let rowRange = Self.range(inverse.1.dot(offset), extent(inverse.1), count: rows)
        else { return }
        for row in rowRange {
            let start = origin + rowStep * Double(row)
            for column in columnRange {
                body(start + columnStep * Double(column), row * columns + column)
            }
        }
    }

    private static func range(_ center: Double, _ extent: Double, count: Int) -> Range<Int>? {
        let lower = max(0, (center - extent).rounded(.up))
        let upper = min(Double(count - 1), (center + extent).rounded(.down))
        guard lower <= upper else { return nil }
        return Int(lower)..<(Int(upper) + 1)
    }

    /// The part of a pixel that lies inside a surface at the given depth.
    @inline(__always) func coverage(_ depth: Double) -> Float {
        Float(min(1, max(0, 0.5 + depth / (2 * edge))))
    }
}
