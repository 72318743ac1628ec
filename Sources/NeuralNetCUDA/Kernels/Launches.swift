import CCUDA
import CCUDAKernels
import NeuralNet

/// How much work a launch has, and the grid for it.
enum LaunchGrid {
    static let threads = Int(LT_BLOCK_THREADS)
    /// Blocks beyond this bring nothing: the kernels stride over what is left.
    static let mostBlocks = 1 << 16

    /// One thread per item, as far as it goes.
    static func items(_ count: Int, slices: Int = 1) -> LaunchSize {
        LaunchSize(max(1, min((count + threads - 1) / threads, mostBlocks)), slices)
    }
}

extension CUDABackend {
    /// Launches a kernel whose threads stride over `items`.
    func launch<Arguments: BitwiseCopyable>(
        _ source: String, _ name: String, items: Int, slices: Int = 1, _ arguments: Arguments
    ) {
        guard items > 0, slices > 0 else { return }
        launch(
            CUDAKernel(source: source, name: name), grid: LaunchGrid.items(items, slices: slices),
            block: LaunchSize(LaunchGrid.threads), arguments: arguments)
    }

    /// Launches a kernel with so many whole blocks.
    func launch<Arguments: BitwiseCopyable>(
        _ source: String, _ name: String, blocks: LaunchSize, _ arguments: Arguments
    ) {
        guard blocks.x > 0, blocks.y > 0 else { return }
        launch(
            CUDAKernel(source: source, name: name), grid: blocks, block: LaunchSize(LaunchGrid.threads),
            arguments: arguments)
    }
}

extension DeviceView where Buffer == CUDABuffer {
    /// Values in 16 bytes.
    private var lanes: Int { 16 / element.bytes }

    /// Whether 16 bytes of channels can be moved at a time.
    var isVector: Bool { address % 16 == 0 && shape.c % lanes == 0 && (stride % lanes == 0 || shape.pixels <= 1) }

    /// Groups of channels that a kernel's threads take, one at a time.
    func groups(vector: Bool) -> Int { shape.count / (vector ? lanes : 1) }

    /// A dense view as one long pixel, where each value stands for itself.
    var flat: DeviceView {
        guard isDense, let shape = try? Shape(n: 1, h: 1, w: 1, c: shape.count) else { return self }
        return DeviceView(buffer: buffer, offset: offset, shape: shape, stride: shape.c, element: element)
    }

    var suffix: String { "_\(element.rawValue)" }
}
