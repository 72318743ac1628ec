/// The same voxels as those of a grid in any order, seen in the order LPS.
struct CanonicalGrid {
    let grid: Grid
    /// Index in the stored grid of voxel (0, 0, 0), and the steps along the three axes.
    private let base: Int
    private let steps: (Int, Int, Int)

    @inline(__always) func storedIndex(_ i: Int, _ j: Int, _ k: Int) -> Int {
        base + i * steps.0 + j * steps.1 + k * steps.2
    }

    init(of stored: Grid) throws(ImagingError) {
        let order = stored.order
        let sizes = [stored.size.i, stored.size.j, stored.size.k]
        let strides = [1, sizes[0], sizes[0] * sizes[1]]
        var origin = stored.affine.origin
        var base = 0
        var axes: [(column: Vector, size: Int, step: Int)] = []
        for wanted in VoxelOrder.lps.directions {
            // Every world axis belongs to one voxel axis.
            let axis = order.directions.firstIndex { $0.worldAxis == wanted.worldAxis } ?? 0
            let column = stored.affine.columns[axis]
            if order.directions[axis] == wanted {
                axes.append((column, sizes[axis], strides[axis]))
            } else {
                origin += column * Double(sizes[axis] - 1)
                base += strides[axis] * (sizes[axis] - 1)
                axes.append((-column, sizes[axis], -strides[axis]))
            }
        }
        // Whole 2⁻²⁰ mm: the other end of a row, reached by addition, may be off by a last bit.
        origin = (origin * 0x1p20).rounded(.toNearestOrEven) * 0x1p-20
        self.base = base
        steps = (axes[0].step, axes[1].step, axes[2].step)
        grid = try Grid(
            size: GridSize(i: axes[0].size, j: axes[1].size, k: axes[2].size),
            affine: Affine(i: axes[0].column, j: axes[1].column, k: axes[2].column, origin: origin))
    }
}
