/// Distances between voxel centres in mm, exact up to Float's rounding. Axes are taken to be perpendicular.
extension Volume where Voxel == UInt8 {
    /// mm to the nearest foreground voxel (not 0): 0 on it, infinity everywhere when there is none.
    public func distances() -> Volume<Float, Axes> {
        var result = Volume<Float, Axes>(
            trusting: grid, voxels: [Float](repeating: .infinity, count: grid.size.voxels))
        withUnsafeVoxels { source in
            result.withUnsafeMutableVoxels { target in
                let box = VoxelBox(grid.size)
                DistanceTransform(source: source, size: grid.size, spacing: grid.spacing, inverted: false, box: box)
                    .write(to: target)
                Self.takeRoots(target, count: grid.size.voxels)
            }
        }
        return result
    }

    /// Outside, mm to the nearest foreground voxel; inside, minus the mm to the nearest background voxel. Never 0: at
    /// a face between both it jumps from +spacing to −spacing. All background gives infinity, all foreground minus
    /// infinity.
    public func signedDistances() -> Volume<Float, Axes> {
        var result = distances()
        guard let box = boundingBox?.grown(i: 1, j: 1, k: 1, within: grid.size) else { return result }
        let depths = withUnsafeVoxels { source in
            [Float](unsafeUninitializedCapacity: box.voxels) { buffer, initialized in
                guard let target = buffer.baseAddress else { return }
                DistanceTransform(source: source, size: grid.size, spacing: grid.spacing, inverted: true, box: box)
                    .write(to: target)
                Self.takeRoots(target, count: box.voxels)
                initialized = box.voxels
            }
        }
        let size = grid.size
        depths.withUnsafeBufferPointer { depths in
            result.withUnsafeMutableVoxels { target in
                Parallel.pieces(of: box.k.count, length: 4) { slices in
                    for row in slices.lowerBound * box.j.count..<slices.upperBound * box.j.count {
                        let (k, j) = row.quotientAndRemainder(dividingBy: box.j.count)
                        let voxel = ((k + box.k.lowerBound) * size.j + j + box.j.lowerBound) * size.i
                        let targetRow = target + voxel + box.i.lowerBound
                        for i in 0..<box.i.count { targetRow[i] -= depths[row * box.i.count + i] }
                    }
                }
            }
        }
        return result
    }

    private static func takeRoots(_ values: UnsafeMutablePointer<Float>, count: Int) {
        Parallel.pieces(of: count, length: 1 << 18) { piece in
            for index in piece { values[index].formSquareRoot() }
        }
    }
}
