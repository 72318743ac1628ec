import Imaging

/// Heights in the patient, cut into levels about as thick as a voxel: on straight slices a level is a slice, on turned ones
/// voxels of several slices share one.
struct Levels {
    let count: Int
    private let i, j, k, lowest: Double

    init(_ grid: Grid) {
        let affine = grid.affine
        // Largest of the three, so that there are at most as many levels as the sides have voxels together.
        let step = max(abs(affine.i.z), abs(affine.j.z), abs(affine.k.z))
        (i, j, k) = (affine.i.z / step, affine.j.z / step, affine.k.z / step)
        func reach(_ slope: Double, _ size: Int) -> Double { slope * Double(size - 1) }
        let reaches = [reach(i, grid.size.i), reach(j, grid.size.j), reach(k, grid.size.k)]
        lowest = reaches.map { min($0, 0) }.reduce(0, +)
        count = Int((reaches.map { max($0, 0) }.reduce(0, +) - lowest).rounded()) + 1
    }

    /// The level of a voxel, 0 nearest to the feet.
    func level(_ i: Int, _ j: Int, _ k: Int) -> Int {
        Int((self.i * Double(i) + self.j * Double(j) + self.k * Double(k) - lowest).rounded())
    }
}
