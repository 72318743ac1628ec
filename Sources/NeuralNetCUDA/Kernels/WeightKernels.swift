import CCUDA
import CCUDAKernels
import NeuralNet

/// What products and convolutions need done to weights and between element types.
extension CUDABackend {
    /// y = x over `count` values.
    package func cast(
        _ x: lt_cuda_address, _ from: ElementType, to y: lt_cuda_address, _ to: ElementType, count: Int
    ) {
        let kernel = CUDAKernel(source: "weights", name: "cast_\(from.rawValue)_\(to.rawValue)")
        launchFlat(kernel, items: count, lt_cast_arguments(x: x, y: y, count: Int64(count)))
    }

    /// y [columns][rows] = x [rows][columns]ᵀ.
    package func transpose(
        _ x: lt_cuda_address, _ from: ElementType, to y: lt_cuda_address, _ to: ElementType, rows: Int, columns: Int
    ) {
        let kernel = CUDAKernel(source: "weights", name: "transpose_\(from.rawValue)_\(to.rawValue)")
        launchFlat(
            kernel, items: rows * columns,
            lt_transpose_arguments(x: x, y: y, rows: Int64(rows), columns: Int64(columns)))
    }

    /// rotated [3][3][out][in] from weights [3][3][in][out], float32.
    func rotate(_ weights: lt_cuda_address, to rotated: lt_cuda_address, inputChannels: Int, outputChannels: Int) {
        launchFlat(
            CUDAKernel(source: "weights", name: "rotate"), items: 9 * inputChannels * outputChannels,
            lt_rotate_arguments(
                weights: weights, rotated: rotated, inputs: Int64(inputChannels), outputs: Int64(outputChannels)))
    }

    /// rows [pixel][2][2][c] from a view twice as high and wide.
    package func gatherCorners(_ view: View, to rows: lt_cuda_address) {
        corners("gather_corners", view, rows, bias: nil)
    }

    /// A view twice as high and wide from rows [pixel][2][2][c], a bias per channel added.
    package func scatterCorners(_ rows: lt_cuda_address, bias: Slice?, to view: View) {
        corners("scatter_corners", view, rows, bias: bias)
    }

    private func corners(_ name: String, _ view: View, _ rows: lt_cuda_address, bias: Slice?) {
        let vector = view.isVector && rows % 16 == 0
        launch(
            "weights", name + view.suffix, items: view.groups(vector: vector),
            lt_corners_arguments(
                view: view.kernel, rows: rows, bias: bias?.address ?? 0, vector: vector ? 1 : 0))
    }

    /// One thread per item, as far as a grid goes; kernels stride over the rest.
    private func launchFlat<Arguments: BitwiseCopyable>(_ kernel: CUDAKernel, items: Int, _ arguments: Arguments) {
        let threads = 256
        let blocks = max(1, min((items + threads - 1) / threads, 65535))
        launch(kernel, grid: LaunchSize(blocks), block: LaunchSize(threads), arguments: arguments)
    }
}
