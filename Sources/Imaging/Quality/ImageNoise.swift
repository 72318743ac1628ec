extension Volume where Voxel == Int16, Axes == LPS {
    /// Noise in HU: the lower quartile of the standard deviations within patches of 7×7 pixels that hold soft tissue only;
    /// edges, vessels and fat make the others look noisier. Nil where there are too few patches.
    public var noise: Double? {
        let side = 7
        let size = grid.size
        guard size.i >= side, size.j >= side else { return nil }
        var deviations: [Double] = []
        for k in stride(from: 0, to: size.k, by: max(1, size.k / 24)) {
            for j in stride(from: 0, through: size.j - side, by: side) {
                for i in stride(from: 0, through: size.i - side, by: side) {
                    if let deviation = deviationOfTissue(i, j, k, side: side) { deviations.append(deviation) }
                }
            }
        }
        guard deviations.count >= 20 else { return nil }
        deviations.sort()
        return deviations[deviations.count / 4]
    }

    /// Of the patch whose first pixel is i, j; nil when a pixel is no soft tissue. The range is wide, so that noise itself
    /// does not push a patch out of it.
    private func deviationOfTissue(_ i: Int, _ j: Int, _ k: Int, side: Int) -> Double? {
        let tissue: ClosedRange<Int16> = -300...400
        let lean: ClosedRange<Double> = -10...90
        var (sum, squares) = (0, 0)
        for row in j..<j + side {
            let start = (k * grid.size.j + row) * grid.size.i
            for column in i..<i + side {
                let value = voxels[start + column]
                guard tissue.contains(value) else { return nil }
                sum += Int(value)
                squares += Int(value) * Int(value)
            }
        }
        let count = Double(side * side)
        let mean = Double(sum) / count
        guard lean.contains(mean) else { return nil }
        return ((Double(squares) - mean * Double(sum)) / (count - 1)).squareRoot()
    }
}
