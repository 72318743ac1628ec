/// The foreground (or background) of a mask as runs along i: a few bytes a run instead of a label a voxel.
struct VoxelRuns: Sendable {
    let size: GridSize
    /// Runs of row j of slice k are `rowStarts[k * size.j + j]..<rowStarts[k * size.j + j + 1]`.
    private(set) var rowStarts: [Int]
    private(set) var starts: [Int32]
    private(set) var ends: [Int32]

    var count: Int { starts.count }

    /// Throws `tooLarge` when there are more than Int32.max runs.
    init<Axes>(of mask: Volume<UInt8, Axes>, inverted: Bool) throws(ImagingError) {
        let size = mask.grid.size
        let parts = mask.withUnsafeVoxels { voxels in
            Parallel.map(of: size.k, length: 4) { slices in Self.scan(voxels, size, slices, inverted) }
        }
        let total = parts.reduce(0) { $0 + $1.starts.count }
        guard total <= Int(Int32.max) else {
            throw ImagingError(
                .tooLarge, subject: "connected components",
                message: "The mask has \(total) separate runs of voxels; at most \(Int32.max) can be told apart.")
        }
        self.size = size
        rowStarts = [0]
        rowStarts.reserveCapacity(size.j * size.k + 1)
        starts = []
        starts.reserveCapacity(total)
        ends = []
        ends.reserveCapacity(total)
        for part in parts {
            let offset = starts.count
            rowStarts.append(contentsOf: part.rowEnds.lazy.map { $0 + offset })
            starts.append(contentsOf: part.starts)
            ends.append(contentsOf: part.ends)
        }
    }

    private struct Part {
        var rowEnds: [Int] = []
        var starts: [Int32] = []
        var ends: [Int32] = []
    }

    private static func scan(
        _ voxels: UnsafePointer<UInt8>, _ size: GridSize, _ slices: Range<Int>, _ inverted: Bool
    ) -> Part {
        var part = Part()
        part.rowEnds.reserveCapacity(slices.count * size.j)
        for row in slices.lowerBound * size.j..<slices.upperBound * size.j {
            MaskRow(voxels + row * size.i, count: size.i).forEachRun(inverted: inverted) { run in
                // A side is at most Int32.max voxels: `Grid` sees to it.
                part.starts.append(Int32(truncatingIfNeeded: run.lowerBound))
                part.ends.append(Int32(truncatingIfNeeded: run.upperBound))
            }
            part.rowEnds.append(part.starts.count)
        }
        return part
    }
}
