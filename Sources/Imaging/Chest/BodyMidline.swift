extension Volume where Voxel == Int16, Axes == LPS {
    /// The body's middle between right and left, as a column i: the mean column of what is denser than −300 HU, so that
    /// arms and tables, which are thin, count little. The slice's middle where there is no body.
    public var bodyMidline: Double {
        let size = grid.size
        var (sum, count) = (0, 0)
        // A body is large: every fourth row of every fourth slice says where it is.
        for k in stride(from: 0, to: size.k, by: 4) {
            for j in stride(from: 0, to: size.j, by: 4) {
                let row = (k * size.j + j) * size.i
                for i in 0..<size.i where voxels[row + i] > -300 {
                    sum += i
                    count += 1
                }
            }
        }
        return count == 0 ? Double(size.i - 1) / 2 : Double(sum) / Double(count)
    }
}
