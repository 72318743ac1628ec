import Imaging

/// Says where two sequences of voxels first differ; nil if they are the same.
func firstDifference<Voxel: Equatable>(_ a: [Voxel], _ b: [Voxel]) -> String? {
    guard a.count == b.count else { return "\(a.count) voxels against \(b.count)" }
    guard let index = a.indices.first(where: { a[$0] != b[$0] }) else { return nil }
    return "voxel \(index): \(a[index]) against \(b[index])"
}

extension Volume {
    /// The value of the voxel nearest to a place in the patient, mm; nil outside the grid.
    func value(near world: SIMD3<Double>) -> Voxel? {
        let affine = grid.affine
        let offset = world - affine.origin
        func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
            [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
        }
        func index(_ normal: SIMD3<Double>, _ size: Int) -> Int? {
            let value = Int(((offset * normal).sum() / affine.determinant).rounded())
            return (0..<size).contains(value) ? value : nil
        }
        guard let i = index(cross(affine.j, affine.k), grid.size.i),
            let j = index(cross(affine.k, affine.i), grid.size.j),
            let k = index(cross(affine.i, affine.j), grid.size.k)
        else { return nil }
        return self[i, j, k]
    }

    /// The voxels in the order i to the left, j to the back, k to the head, found from the letters of the grid's order
    /// alone.
    func voxelsInLPS() -> [Voxel] {
        let letters = grid.order.directions
        let sizes = [grid.size.i, grid.size.j, grid.size.k]
        let axes = (0..<3).compactMap { world in letters.firstIndex { $0.worldAxis == world } }
        let wanted: [AnatomicalDirection] = [.left, .posterior, .superior]
        var result: [Voxel] = []
        for k in 0..<sizes[axes[2]] {
            for j in 0..<sizes[axes[1]] {
                for i in 0..<sizes[axes[0]] {
                    var stored = [0, 0, 0]
                    for (world, value) in [i, j, k].enumerated() {
                        let axis = axes[world]
                        stored[axis] = letters[axis] == wanted[world] ? value : sizes[axis] - 1 - value
                    }
                    result.append(self[stored[0], stored[1], stored[2]])
                }
            }
        }
        return result
    }
}
