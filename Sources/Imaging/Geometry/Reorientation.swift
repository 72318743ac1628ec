/// A change of voxel order: which axis of the old grid each new axis is, and whether it runs backwards.
struct Reorientation {
    /// For the new axes i, j, k: the old axis, 0 to 2.
    let sources: [Int]
    /// For the new axes: whether steps forward are steps backward in the old grid.
    let flipped: [Bool]

    /// From one of the 48 orders to another.
    init(from: VoxelOrder, to: VoxelOrder) {
        let pairs = to.directions.map { target in
            // Every order has one axis along each of the three world axes.
            let source = from.directions.firstIndex { $0.worldAxis == target.worldAxis } ?? 0
            return (source: source, flipped: from.directions[source] != target)
        }
        sources = pairs.map(\.source)
        flipped = pairs.map(\.flipped)
    }

    var isIdentity: Bool { sources == [0, 1, 2] && flipped == [false, false, false] }

    /// The same voxels at the same places in the new order.
    func applied(to grid: Grid) throws(ImagingError) -> Grid {
        let sides = [grid.size.i, grid.size.j, grid.size.k]
        let columns = grid.affine.columns
        var origin = grid.affine.origin
        var new: [SIMD3<Double>] = []
        for (source, flipped) in zip(sources, flipped) {
            if flipped { origin += columns[source] * Double(sides[source] - 1) }
            new.append(flipped ? -columns[source] : columns[source])
        }
        return try Grid(
            size: GridSize(i: sides[sources[0]], j: sides[sources[1]], k: sides[sources[2]]),
            affine: Affine(i: new[0], j: new[1], k: new[2], origin: origin))
    }

    /// Copies the voxels of a grid of `size` to their new places.
    func copy<Voxel: VoxelValue>(_ voxels: [Voxel], size: GridSize) -> [Voxel] {
        if isIdentity { return voxels }
        return [Voxel](unsafeUninitializedCapacity: voxels.count) { output, initialized in
            voxels.withUnsafeBytes { source in
                let target = UnsafeMutableRawBufferPointer(output)
                adviseLargePages(target)
                // By the voxels' width, so that four copies of the loops serve every type.
                switch MemoryLayout<Voxel>.size {
                case 1: permute(source, target, size, UInt8.self)
                case 2: permute(source, target, size, UInt16.self)
                case 4: permute(source, target, size, UInt32.self)
                default: preconditionFailure("voxels have 1, 2 or 4 bytes")
                }
            }
            initialized = voxels.count
        }
    }

    private func permute<Bits: BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ size: GridSize, _: Bits.Type
    ) {
        let from = source.bindMemory(to: Bits.self)
        let to = target.bindMemory(to: Bits.self)
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        let oldSides = [size.i, size.j, size.k]
        let oldStrides = [1, size.i, size.i * size.j]
        let sides = sources.map { oldSides[$0] }
        let steps = zip(sources, flipped).map { source, flipped in flipped ? -oldStrides[source] : oldStrides[source] }
        let start = zip(sources, flipped).map { source, flipped in
            flipped ? oldStrides[source] * (oldSides[source] - 1) : 0
        }.reduce(0, +)
        // The new axis along which the old voxels are neighbours. A tile is as wide along it as along i, so that
        // every cache line that is read or written is used whole.
        let fast = sources.firstIndex(of: 0) ?? 0
        let slow = fast == 2 ? 1 : 2
        let strides = [1, sides[0], sides[0] * sides[1]]
        let other = fast == 0 ? 1 : fast
        nonisolated(unsafe) let origin = (from: from + start, to: to)
        Parallel.loop(sides[slow]) { index in
            let plane = PlaneCopy(
                from: origin.from + index * steps[slow], to: origin.to + index * strides[slow], width: sides[0],
                height: sides[other], sourceSteps: (steps[0], steps[other]), targetRow: strides[other])
            fast == 0 ? plane.copyRows() : plane.copyTiles()
        }
    }
}

/// One plane of a permutation: rows along the new i.
private struct PlaneCopy<Bits: BitwiseCopyable> {
    let from: UnsafePointer<Bits>
    let to: UnsafeMutablePointer<Bits>
    let width: Int
    let height: Int
    /// How far to go in the source for one step along a row, and from row to row.
    let sourceSteps: (column: Int, row: Int)
    let targetRow: Int

    private var tile: Int { 64 }

    /// For rows that are rows of the source as well, forward or backward.
    func copyRows() {
        for row in 0..<height {
            let source = from + row * sourceSteps.row
            let target = to + row * targetRow
            if sourceSteps.column == 1 {
                target.update(from: source, count: width)
            } else {
                for column in 0..<width { target[column] = source[-column] }
            }
        }
    }

    /// For rows that are columns of the source, so that the next row lies beside this one: a tile is read along the
    /// source's rows into a buffer and written from there along the target's. Columns are often a power of two apart;
    /// read one after the other they would push each other out of the cache.
    func copyTiles() {
        withUnsafeTemporaryAllocation(of: Bits.self, capacity: tile * tile) { buffer in
            guard let buffer = buffer.baseAddress else { return }
            for top in stride(from: 0, to: height, by: tile) {
                let rows = min(tile, height - top)
                for left in stride(from: 0, to: width, by: tile) {
                    let columns = min(tile, width - left)
                    for column in 0..<columns {
                        let source = from + (left + column) * sourceSteps.column + top * sourceSteps.row
                        for row in 0..<rows { buffer[row * tile + column] = source[row * sourceSteps.row] }
                    }
                    for row in 0..<rows {
                        (to + (top + row) * targetRow + left).update(from: buffer + row * tile, count: columns)
                    }
                }
            }
        }
    }
}

extension Volume where Axes == AsStored {
    /// The voxels in the order LPS: permuted and flipped, never interpolated, the affine changed to match.
    public func lps() -> Volume<Voxel, LPS> {
        let change = Reorientation(from: grid.order, to: .lps)
        // The grid was valid, and a permutation of it is.
        guard let grid = try? change.applied(to: grid),
            let volume = try? Volume<Voxel, LPS>(
                grid: grid, voxels: change.copy(voxels, size: self.grid.size), fits: true)
        else { preconditionFailure("permuting a valid grid gives a valid grid") }
        return volume
    }

    /// The voxels in another of the 48 orders.
    public func reoriented(to order: VoxelOrder) throws(ImagingError) -> Volume<Voxel, AsStored> {
        let change = Reorientation(from: grid.order, to: order)
        return try Volume(grid: try change.applied(to: grid), voxels: change.copy(voxels, size: grid.size))
    }
}

extension Volume where Axes == LPS {
    /// The voxels in another order: the inverse of `lps()`.
    public func stored(in order: VoxelOrder) throws(ImagingError) -> Volume<Voxel, AsStored> {
        let change = Reorientation(from: .lps, to: order)
        return try Volume<Voxel, AsStored>(
            grid: try change.applied(to: grid), voxels: change.copy(voxels, size: grid.size))
    }
}
