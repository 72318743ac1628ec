extension Volume where Voxel == Int16, Axes == LPS {
    /// Noise in HU: the standard deviation that Gaussian noise would need for what neighbouring voxels of soft tissue differ
    /// by, from the median of |x(i−1) − 2 x(i) + x(i+1)|, which edges hardly move (after Immerkær 1996). Nil where there
    /// are too few voxels of soft tissue.
    public var noise: Double? {
        let size = grid.size
        let tissue: ClosedRange<Int16> = -200...200
        var counts = [Int](repeating: 0, count: 2048)
        var total = 0
        for k in stride(from: 0, to: size.k, by: max(1, size.k / 40)) {
            for j in stride(from: 0, to: size.j, by: 2) {
                let row = (k * size.j + j) * size.i
                for i in stride(from: 1, to: size.i - 1, by: 1) {
                    let (a, b, c) = (voxels[row + i - 1], voxels[row + i], voxels[row + i + 1])
                    guard tissue.contains(a), tissue.contains(b), tissue.contains(c) else { continue }
                    counts[min(abs(Int(a) - 2 * Int(b) + Int(c)), 2047)] += 1
                    total += 1
                }
            }
        }
        guard total >= 1000 else { return nil }
        var below = 0
        let median = counts.indices.first { value in
            below += counts[value]
            return 2 * below >= total
        }
        // The second difference has √6 times the noise; the median of |normal| is 0.6745 of its σ.
        return median.map { Double($0) / (0.6745 * 6.0.squareRoot()) }
    }
}
