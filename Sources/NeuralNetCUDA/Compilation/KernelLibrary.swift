import CCUDA
import CUDARuntime
import NeuralNet
import Synchronization

/// The kernels in a device's memory: one module per source, loaded when the backend starts, and their entry points, looked
/// up when they are first launched.
///
/// `@unchecked Sendable`: the modules are constant, the table of functions has a lock.
final class KernelLibrary: @unchecked Sendable {
    private let context: CUDAContext
    private let modules: [String: lt_cuda_module]
    private let functions = Mutex<[CUDAKernel: Function]>([:])

    /// A handle that any thread may use.
    private struct Function: @unchecked Sendable {
        let handle: lt_cuda_function
    }

    /// Dynamic shared memory that every kernel may ask for without saying so beforehand.
    private static let plainSharedBytes = 48 << 10

    /// Compiles what is not in the cache, and loads everything. Throws `libraryUnusable`, `deviceBusy`, `deviceBroken`.
    init(
        _ sources: [KernelSources.Source], headers: [KernelSources.Header], compiler: KernelCompiler,
        context: CUDAContext
    ) throws(CUDAUnavailable) {
        self.context = context
        let driver = context.driver
        var modules: [String: lt_cuda_module] = [:]
        do throws(CUDAUnavailable) {
            for source in sources {
                let code = try compiler.code(source, headers: headers)
                var module: lt_cuda_module?
                let result = code.withUnsafeBytes { code in
                    context.withStream { _ in driver.loadModule(&module, code.baseAddress) }
                }
                try driver.check(result)
                modules[source.name] = module
            }
        } catch {
            KernelLibrary.unload(modules, context)
            throw error
        }
        self.modules = modules
    }

    deinit { KernelLibrary.unload(modules, context) }

    private static func unload(_ modules: [String: lt_cuda_module], _ context: CUDAContext) {
        for module in modules.values {
            context.enqueue("unloading of kernels") { _ in context.driver.unloadModule(module) }
        }
    }

    /// Enqueues a kernel; `arguments` are copied. A failure is remembered by the context.
    func launch(
        _ kernel: CUDAKernel, grid: LaunchSize, block: LaunchSize, sharedBytes: Int, arguments: UnsafeRawBufferPointer
    ) {
        guard let function = function(kernel, sharedBytes: sharedBytes) else { return }
        var bytes = arguments.count
        context.enqueue(kernel.name) { stream in
            withUnsafeMutablePointer(to: &bytes) { bytes in
                var extra: [UnsafeMutableRawPointer?] = [
                    UnsafeMutableRawPointer(bitPattern: LT_CUDA_LAUNCH_BUFFER_POINTER),
                    UnsafeMutableRawPointer(mutating: arguments.baseAddress),
                    UnsafeMutableRawPointer(bitPattern: LT_CUDA_LAUNCH_BUFFER_SIZE), UnsafeMutableRawPointer(bytes),
                    UnsafeMutableRawPointer(bitPattern: LT_CUDA_LAUNCH_END),
                ]
                return context.driver.launchKernel(
                    function, UInt32(grid.x), UInt32(grid.y), UInt32(grid.z), UInt32(block.x), UInt32(block.y),
                    UInt32(block.z), UInt32(sharedBytes), stream, nil, &extra)
            }
        }
    }

    private func function(_ kernel: CUDAKernel, sharedBytes: Int) -> lt_cuda_function? {
        functions.withLock { functions in
            if let known = functions[kernel] { return known.handle }
            guard let module = modules[kernel.source] else {
                context.fail(
                    NeuralNetError(
                        .device, operation: kernel.name, message: "The program has no kernels \"\(kernel.source)\"."))
                return nil
            }
            var function: lt_cuda_function?
            context.enqueue(kernel.name) { _ in context.driver.moduleFunction(&function, module, kernel.name) }
            guard let function else { return nil }
            if sharedBytes > KernelLibrary.plainSharedBytes {
                context.enqueue(kernel.name) { _ in
                    context.driver.setFunctionAttribute(
                        function, LT_CUDA_FUNCTION_MAX_DYNAMIC_SHARED_MEMORY.code, Int32(sharedBytes))
                }
            }
            functions[kernel] = Function(handle: function)
            return function
        }
    }
}
