extension Volume where Voxel == UInt8, Axes == LPS {
    /// A voxel to show the volume through: in the axial slice with the most labelled voxels, in its row with the most,
    /// the labelled voxel of that row with the most labelled ones above and below it. Nil where nothing is labelled.
    public func pointOfInterest() -> VoxelIndex? {
        let size = grid.size
        let perSlice = (0..<size.k).map { k in
            voxels[k * size.i * size.j..<(k + 1) * size.i * size.j].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
        }
        guard let k = largest(perSlice) else { return nil }
        let perRow = (0..<size.j).map { j in
            (0..<size.i).reduce(0) { $0 + (self[$1, j, k] == 0 ? 0 : 1) }
        }
        guard let j = largest(perRow) else { return nil }
        let perColumn = (0..<size.i).map { i in
            self[i, j, k] == 0 ? 0 : (0..<size.k).reduce(0) { $0 + (self[i, j, $1] == 0 ? 0 : 1) }
        }
        guard let i = largest(perColumn) else { return nil }
        return VoxelIndex(i: i, j: j, k: k)
    }

    /// The first of the largest counts; nil where all are zero.
    private func largest(_ counts: [Int]) -> Int? {
        guard let most = counts.max(), most > 0 else { return nil }
        return counts.firstIndex(of: most)
    }
}

extension Grid {
    /// The voxel in the middle; of two, the one nearer to the end.
    public var middle: VoxelIndex { VoxelIndex(i: size.i / 2, j: size.j / 2, k: size.k / 2) }
}

extension Grid {
    /// The voxel that holds a place in the patient; nil outside the volume.
    public func voxel(at point: WorldPoint) -> VoxelIndex? {
        let offset = SIMD3(point.x, point.y, point.z) - affine.origin
        // Cramer's rule: each coordinate is the determinant with that column replaced, over the whole.
        func coordinate(_ i: SIMD3<Double>, _ j: SIMD3<Double>, _ k: SIMD3<Double>, _ count: Int) -> Int? {
            let solved = Affine(i: i, j: j, k: k, origin: affine.origin).determinant / affine.determinant
            let rounded = solved.rounded()
            return rounded >= 0 && rounded < Double(count) ? Int(rounded) : nil
        }
        guard let i = coordinate(offset, affine.j, affine.k, size.i),
            let j = coordinate(affine.i, offset, affine.k, size.j),
            let k = coordinate(affine.i, affine.j, offset, size.k)
        else { return nil }
        return VoxelIndex(i: i, j: j, k: k)
    }
}
