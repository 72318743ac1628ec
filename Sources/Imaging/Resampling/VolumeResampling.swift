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
        let (size, targetSize) = (grid.size, target.size)
        withUnsafeVoxels { source in
            values.withUnsafeMutableBufferPointer { values in
                guard let values = values.baseAddress else { return }
                Parallel.pieces(of: targetSize.j * targetSize.k, length: 64) { rows in
                    for row in rows {
                        let (k, j) = row.quotientAndRemainder(dividingBy: targetSize.j)
                        let start = mapping.start + mapping.j * Double(j) + mapping.k * Double(k)
                        for i in 0..<targetSize.i {
                            let place = start + mapping.i * Double(i)
                            guard let x = LinearPlace.nearest(place.x, count: size.i),
                                let y = LinearPlace.nearest(place.y, count: size.j),
                                let z = LinearPlace.nearest(place.z, count: size.k)
                            else { continue }
                            values[row * targetSize.i + i] = source[(z * size.j + y) * size.i + x]
                        }
                    }
                }
            }
        }
        return try Volume<UInt8, LPS>(grid: target, voxels: values)
    }
}
