extension Volume {
    /// The same value everywhere. The grid must be another volume's with the same `Axes`: nothing is checked.
    init(repeating value: Voxel, trusting grid: Grid) {
        self.grid = grid
        storage = [Voxel](repeating: value, count: grid.size.voxels)
    }

    /// For kernels that several threads run at once, each on its own slices or rows.
    func withUnsafeVoxels<Result>(_ body: (UnsafePointer<Voxel>) -> Result) -> Result {
        storage.withUnsafeBufferPointer { buffer in
            // A grid has at least one voxel, and an array that is not empty has an address.
            guard let base = buffer.baseAddress else { preconditionFailure("a volume without voxels") }
            return body(base)
        }
    }

    mutating func withUnsafeMutableVoxels<Result>(_ body: (UnsafeMutablePointer<Voxel>) -> Result) -> Result {
        storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a volume without voxels") }
            return body(base)
        }
    }
}
