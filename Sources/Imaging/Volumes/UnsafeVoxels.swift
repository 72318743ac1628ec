extension Volume {
    /// The grid must be another volume's with the same `Axes`, and the voxels as many as it has: nothing is checked.
    ///
    /// Takes an array, not a value to repeat: where `Voxel` is not known to the compiler, filling goes voxel by voxel
    /// through function pointers.
    init(trusting grid: Grid, voxels: [Voxel]) {
        self.grid = grid
        storage = voxels
    }

    /// For kernels that several threads run at once, each on its own slices or rows.
    package func withUnsafeVoxels<Result>(_ body: (UnsafePointer<Voxel>) -> Result) -> Result {
        storage.withUnsafeBufferPointer { buffer in
            // A grid has at least one voxel, and an array that is not empty has an address.
            guard let base = buffer.baseAddress else { preconditionFailure("a volume without voxels") }
            return body(base)
        }
    }

    package mutating func withUnsafeMutableVoxels<Result>(_ body: (UnsafeMutablePointer<Voxel>) -> Result) -> Result {
        storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a volume without voxels") }
            return body(base)
        }
    }
}
