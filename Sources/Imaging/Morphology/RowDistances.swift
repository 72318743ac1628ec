/// Distances within a row to the nearest run: the first pass of every separable transform.
enum RowDistances {
    /// Writes, for every voxel of the row, the cost of its distance in voxels to the nearest run: `costs[distance]`,
    /// infinity where the distance is `costs.count` or more, 0 on the runs.
    ///
    /// Returns the voxels that were reached; nil when there are none.
    @inline(__always)
    static func fill(
        _ target: UnsafeMutablePointer<Float>, from row: MaskRow, inverted: Bool, costs: UnsafeBufferPointer<Float>
    ) -> Range<Int>? {
        target.update(repeating: .infinity, count: row.count)
        let reach = costs.count - 1
        var previous: Range<Int>?
        var first = row.count
        row.forEachRun(inverted: inverted) { run in
            (target + run.lowerBound).update(repeating: 0, count: run.count)
            if let previous {
                // The gap's left half belongs to the run before it.
                let gap = run.lowerBound - previous.upperBound
                ramp(target + previous.upperBound, 1, min((gap + 1) / 2, reach), costs)
                ramp(target + run.lowerBound - 1, -1, min(gap / 2, reach), costs)
            } else {
                let length = min(run.lowerBound, reach)
                ramp(target + run.lowerBound - 1, -1, length, costs)
                first = run.lowerBound - length
            }
            previous = run
        }
        guard let previous else { return nil }
        let length = min(row.count - previous.upperBound, reach)
        ramp(target + previous.upperBound, 1, length, costs)
        return first..<previous.upperBound + length
    }

    /// `costs[1]`, `costs[2]` … from a run's edge outwards.
    @inline(__always)
    private static func ramp(
        _ target: UnsafeMutablePointer<Float>, _ step: Int, _ length: Int, _ costs: UnsafeBufferPointer<Float>
    ) {
        guard length > 0 else { return }
        for distance in 1...length { target[(distance - 1) * step] = costs[distance] }
    }
}
