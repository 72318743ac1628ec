import CCUDA
import CCUDAKernels
import CUDARuntime
import Foundation
import NeuralNet

/// The network's operations on an NVIDIA GPU: cuDNN, cuBLASLt and the kernels of `Kernels/Sources`, all found at run
/// time. Operations are enqueued on one stream.
public final class CUDABackend: Sendable {
    public typealias Buffer = CUDABuffer
    public typealias Slice = DeviceSlice<CUDABuffer>
    public typealias View = DeviceView<CUDABuffer>

    public let options: CUDAOptions
    public let device: CUDADevice
    public var activationElement: ElementType { options.element }

    let context: CUDAContext
    let kernels: KernelLibrary
    let staging: TransferStaging
    let cudnn: CudnnHandle
    let products: ProductLibrary
    let plans: ConvolutionPlans
    /// float32 ones, for adding a bias with the kernel that scales and shifts.
    let ones: Slice
    /// A result of eight bytes and the partial sums of up to 1023 shares, for sums of flat arrays. One caller at a time may have
    /// it, from the sum to reading it, which the lock sees to.
    package let flatSums: Slice
    let flatSumsLock = NSLock()

    private static let channelLimit = 1 << 16

    /// Finds the libraries, starts the device, and compiles the kernels that are not in the cache (seconds, once per
    /// version and kind of device).
    ///
    /// Throws a `CUDAUnavailable` that says why there is nothing to compute with; work then belongs on the CPU.
    public init(_ options: CUDAOptions = CUDAOptions()) throws(CUDAUnavailable) {
        let (libraries, device) = try CUDALibraries.find(device: options.device, in: options.folders)
        let context = try CUDAContext(device, driver: libraries.driver)
        kernels = try KernelLibrary(
            KernelSources.all, headers: KernelSources.headers,
            compiler: KernelCompiler(
                nvrtc: libraries.nvrtc, capability: device.capability,
                cache: options.cacheFolder.map { KernelCache(folder: $0) }),
            context: context)
        cudnn = try CudnnHandle(libraries.cudnn, context: context)
        do throws(NeuralNetError) {
            let staging = try TransferStaging(in: context)
            self.staging = staging
            let values = [Float](repeating: 1, count: CUDABackend.channelLimit)
            let bytes = values.count * MemoryLayout<Float>.size
            let ones = DeviceSlice(buffer: try CUDABuffer(bytes: bytes, in: context), offset: 0, bytes: bytes)
            values.withUnsafeBytes { staging.upload($0, to: ones.address) }
            self.ones = ones
            flatSums = DeviceSlice(
                buffer: try CUDABuffer(bytes: CUDABackend.flatSumBytes, in: context), offset: 0,
                bytes: CUDABackend.flatSumBytes)
            products = try ProductLibrary(libraries.cublasLt, context: context, allowsTF32: options.allowsTF32)
        } catch {
            // A device whose memory others hold answers so.
            throw error.code == .outOfMemory
                ? .deviceBusy(detail: error.description) : .deviceBroken(detail: error.description)
        }
        plans = ConvolutionPlans(cudnn: cudnn, options: options)
        self.options = options
        self.device = device
        self.context = context
    }

    /// Enqueues a kernel whose only parameter is `arguments`, by value. A failure is remembered for the next
    /// `synchronize`.
    func launch<Arguments: BitwiseCopyable>(
        _ kernel: CUDAKernel, grid: LaunchSize, block: LaunchSize, sharedBytes: Int = 0, arguments: Arguments
    ) {
        withUnsafeBytes(of: arguments) {
            kernels.launch(kernel, grid: grid, block: block, sharedBytes: sharedBytes, arguments: $0)
        }
    }
}

extension DeviceSlice where Buffer == CUDABuffer {
    package var address: lt_cuda_address { buffer.address + lt_cuda_address(offset) }

    /// A part of the slice, in bytes from its start.
    package func part(_ start: Int, _ bytes: Int) -> DeviceSlice {
        DeviceSlice(buffer: buffer, offset: offset + start, bytes: bytes)
    }
}

extension DeviceView where Buffer == CUDABuffer {
    package var address: lt_cuda_address { buffer.address + lt_cuda_address(offset) }

    /// The view as kernels take it.
    var kernel: lt_device_view {
        lt_device_view(
            data: address, n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w), c: Int64(shape.c),
            stride: Int64(stride))
    }
}
