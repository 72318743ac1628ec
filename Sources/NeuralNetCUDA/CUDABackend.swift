import CCUDA
import CCUDAKernels
import NeuralNet

/// The network's operations on an NVIDIA GPU: cuDNN, cuBLASLt and the kernels of `Kernels/Sources`, all found at run
/// time. Operations are enqueued on one stream.
public final class CUDABackend: Sendable {
    public typealias Buffer = CUDABuffer
    public typealias Slice = DeviceSlice<CUDABuffer>
    public typealias View = DeviceView<CUDABuffer>

    public let activationElement: ElementType

    init(activationElement: ElementType) { self.activationElement = activationElement }

    /// Enqueues a kernel whose only parameter is `arguments`, by value. A failure is remembered for the next
    /// `synchronize`.
    func launch<Arguments: BitwiseCopyable>(
        _ kernel: CUDAKernel, grid: LaunchSize, block: LaunchSize, sharedBytes: Int = 0, arguments: Arguments
    ) {
        withUnsafeBytes(of: arguments) {
            launch(kernel, grid: grid, block: block, sharedBytes: sharedBytes, arguments: $0)
        }
    }

    /// The same for arguments in memory.
    func launch(
        _ kernel: CUDAKernel, grid: LaunchSize, block: LaunchSize, sharedBytes: Int, arguments: UnsafeRawBufferPointer
    ) {}
}

extension DeviceSlice where Buffer == CUDABuffer {
    var address: lt_cuda_address { buffer.address + lt_cuda_address(offset) }
}

extension DeviceView where Buffer == CUDABuffer {
    /// The view as kernels take it.
    var kernel: lt_device_view {
        lt_device_view(
            data: buffer.address + lt_address(offset), n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w),
            c: Int64(shape.c), stride: Int64(stride))
    }
}
