import Imaging

/// A rectangle of slices, so that lungs fill their pictures.
struct SliceCutout {
    private let i: Range<Int>
    private let j: Range<Int>

    /// mm around the lungs.
    private static let margin = 12.0

    /// Around the lungs of the given slices, the same for all of them; the whole slice where there is no lung.
    init(around lungs: LabelVolume, slices: [Int]) {
        let size = lungs.grid.size
        let spacing = lungs.grid.spacing
        var columns: ClosedRange<Int>?
        var rows: ClosedRange<Int>?
        for k in slices {
            for j in 0..<size.j {
                for i in 0..<size.i where lungs[i, j, k] != 0 {
                    columns = Self.extend(columns, to: i)
                    rows = Self.extend(rows, to: j)
                }
            }
        }
        func grown(_ range: ClosedRange<Int>?, spacing: Double, limit: Int) -> Range<Int> {
            guard let range else { return 0..<limit }
            let reach = Int(min(Self.margin / spacing, Double(limit)).rounded(.up))
            return max(range.lowerBound - reach, 0)..<min(range.upperBound + reach + 1, limit)
        }
        i = grown(columns, spacing: spacing.i, limit: size.i)
        j = grown(rows, spacing: spacing.j, limit: size.j)
    }

    private static func extend(_ range: ClosedRange<Int>?, to value: Int) -> ClosedRange<Int> {
        guard let range else { return value...value }
        return min(range.lowerBound, value)...max(range.upperBound, value)
    }

    /// mm.
    func width(_ grid: Grid) -> Double { Double(i.count) * grid.spacing.i }

    /// One slice's rectangle as a volume of its own, at its place in the patient.
    func cut<Voxel>(_ volume: Volume<Voxel, LPS>, slice k: Int) throws(ImagingError) -> Volume<Voxel, LPS> {
        let affine = volume.grid.affine
        var own = affine
        own.origin =
            affine.origin + affine.i * Double(i.lowerBound) + affine.j * Double(j.lowerBound) + affine.k * Double(k)
        var voxels: [Voxel] = []
        voxels.reserveCapacity(i.count * j.count)
        let size = volume.grid.size
        for row in j {
            let start = (k * size.j + row) * size.i
            voxels += volume.voxels[start + i.lowerBound..<start + i.upperBound]
        }
        return try Volume(grid: Grid(size: GridSize(i: i.count, j: j.count, k: 1), affine: own), voxels: voxels)
    }
}
