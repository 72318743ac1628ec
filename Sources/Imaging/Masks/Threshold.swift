extension Volume where Voxel: FixedWidthInteger {
    /// 1 where the value (HU or label) lies in the range, else 0.
    @_specialize(where Voxel == Int16, Axes == LPS)
    @_specialize(where Voxel == UInt8, Axes == LPS)
    public func mask(where range: ClosedRange<Voxel>) -> Volume<UInt8, Axes> {
        var mask = Volume<UInt8, Axes>(
            trusting: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        let (low, high, plane) = (range.lowerBound, range.upperBound, grid.size.i * grid.size.j)
        withUnsafeVoxels { source in
            mask.withUnsafeMutableVoxels { target in
                Parallel.pieces(of: grid.size.k, length: 4) { slices in
                    for index in slices.lowerBound * plane..<slices.upperBound * plane {
                        let value = source[index]
                        target[index] = (value >= low ? 1 : 0) & (value <= high ? 1 : 0)
                    }
                }
            }
        }
        return mask
    }
}

extension Volume where Voxel == UInt8 {
    /// 1 where the label is this one, else 0.
    public func mask(of label: UInt8) -> Volume<UInt8, Axes> { mask(where: label...label) }
}
