/// An entry point of the kernels' sources.
struct CUDAKernel: Hashable, Sendable {
    /// The file of `Kernels/Sources` that defines it, without its ending: what is compiled and loaded together.
    let source: String
    /// Its `extern "C"` name.
    let name: String
}

/// Blocks of a grid, or threads of a block.
struct LaunchSize: Hashable, Sendable {
    var x: Int
    var y = 1
    var z = 1

    init(_ x: Int, _ y: Int = 1, _ z: Int = 1) {
        self.x = x
        self.y = y
        self.z = z
    }
}
