extension Volume where Voxel == Int16 {
    /// This volume's values (HU) at the voxel centres of another grid: world to world through both affines, trilinear.
    ///
    /// Within half a voxel beyond the outermost centres the outermost value holds; further out, `outside`. Nothing is
    /// smoothed first: a much coarser grid takes samples.
    ///
    /// Throws `gridMismatch` unless the other grid's order is LPS.
    public func resampled(
        onto target: Grid, outside: Int16 = -1000
    ) throws(ImagingError) -> Volume<Int16, LPS> {
        var values = [Int16](repeating: outside, count: target.size.voxels)
        let mapping = GridMapping(from: target, to: grid)
        withUnsafeVoxels { source in
            values.withUnsafeMutableBufferPointer { values in
                guard let values = values.baseAddress else { return }
                let sampler = LinearSampler(source: source, size: grid.size, mapping: mapping, target: target.size)
                if mapping.isParallel(over: target.size) {
                    sampler.writeParallelAxes(to: values)
                } else {
                    sampler.write(to: values)
                }
            }
        }
        return try Volume<Int16, LPS>(grid: target, voxels: values)
    }
}

extension Volume where Voxel == UInt8 {
    /// The label nearest to every voxel centre of another grid: world to world through both affines; `outside` beyond
    /// the outer faces of the outermost voxels. Throws `gridMismatch` unless the other grid's order is LPS.
    public func resampled(
        onto target: Grid, outside: UInt8 = 0
    ) throws(ImagingError) -> Volume<UInt8, LPS> {
        var values = [UInt8](repeating: outside, count: target.size.voxels)
        let mapping = GridMapping(from: target, to: grid)
        withUnsafeVoxels { source in
            values.withUnsafeMutableBufferPointer { values in
                guard let values = values.baseAddress else { return }
                NearestSampler(source: source, size: grid.size, mapping: mapping, target: target.size)
                    .write(to: values)
            }
        }
        return try Volume<UInt8, LPS>(grid: target, voxels: values)
    }
}
