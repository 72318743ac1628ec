/// A box of voxels, half-open along every axis.
public struct VoxelBox: Hashable, Sendable {
    public var i: Range<Int>
    public var j: Range<Int>
    public var k: Range<Int>

    public init(i: Range<Int>, j: Range<Int>, k: Range<Int>) {
        self.i = i
        self.j = j
        self.k = k
    }

    /// All voxels of a volume.
    public init(_ size: GridSize) {
        self.init(i: 0..<size.i, j: 0..<size.j, k: 0..<size.k)
    }

    public var voxels: Int { i.count * j.count * k.count }

    /// Grown by so many voxels on either side of each axis, but not beyond a volume of the given size.
    func grown(i: Int, j: Int, k: Int, within size: GridSize) -> VoxelBox {
        func grow(_ range: Range<Int>, by reach: Int, limit: Int) -> Range<Int> {
            max(range.lowerBound - min(reach, limit), 0)..<min(range.upperBound + min(reach, limit), limit)
        }
        return VoxelBox(
            i: grow(self.i, by: i, limit: size.i), j: grow(self.j, by: j, limit: size.j),
            k: grow(self.k, by: k, limit: size.k))
    }

    func union(_ other: VoxelBox) -> VoxelBox {
        func union(_ a: Range<Int>, _ b: Range<Int>) -> Range<Int> {
            min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
        }
        return VoxelBox(i: union(i, other.i), j: union(j, other.j), k: union(k, other.k))
    }
}

extension Volume where Voxel == UInt8 {
    /// The smallest box around all voxels that are not 0; nil when there are none.
    public var boundingBox: VoxelBox? {
        let size = grid.size
        return withUnsafeVoxels { voxels in
            Parallel.map(of: size.k, length: 4) { slices -> VoxelBox? in
                var box: VoxelBox?
                for k in slices {
                    for j in 0..<size.j {
                        let row = MaskRow(voxels + (k * size.j + j) * size.i, count: size.i)
                        guard let extent = row.extent else { continue }
                        let own = VoxelBox(i: extent, j: j..<j + 1, k: k..<k + 1)
                        box = box?.union(own) ?? own
                    }
                }
                return box
            }
        }.compactMap(\.self).reduce(nil as VoxelBox?) { $0?.union($1) ?? $1 }
    }
}
