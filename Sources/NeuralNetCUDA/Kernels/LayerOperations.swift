import CCUDAKernels
import NeuralNet

extension CUDABackend {
    public func relu(x: View, y: View) {
        let kernel = CUDAKernel(source: "elementwise", name: "relu_\(x.element.rawValue)")
        launch(
            kernel, grid: LaunchSize(64), block: LaunchSize(256),
            arguments: lt_elementwise_arguments(x: x.kernel, z: y.kernel, y: y.kernel, vector: 0))
    }

    public func copy(x: View, y: View) {
        let kernel = CUDAKernel(source: "elementwise", name: "copy_\(x.element.rawValue)")
        launch(
            kernel, grid: LaunchSize(64), block: LaunchSize(256),
            arguments: lt_elementwise_arguments(x: x.kernel, z: y.kernel, y: y.kernel, vector: 0))
    }

    public func scaleShift(x: View, scale: Slice, shift: Slice, relu: Bool, y: View) {
        let kernel = CUDAKernel(source: "elementwise", name: "scale_shift_\(x.element.rawValue)")
        launch(
            kernel, grid: LaunchSize(64), block: LaunchSize(256),
            arguments: lt_scale_shift_arguments(
                x: x.kernel, y: y.kernel, scale: scale.address, shift: shift.address, relu: relu ? 1 : 0, vector: 0))
    }
}
