import CCUDA

/// The driver's functions; the symbols end in the version of the interface that driver.h declares.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct CUDADriver: @unchecked Sendable {
    package let path: String

    package let initialize: lt_cu_init
    package let driverVersion: lt_cu_driver_get_version
    package let errorName: lt_cu_get_error_text
    package let errorText: lt_cu_get_error_text

    package let deviceCount: lt_cu_device_get_count
    package let device: lt_cu_device_get
    package let deviceName: lt_cu_device_get_name
    package let deviceMemory: lt_cu_device_total_mem
    package let deviceAttribute: lt_cu_device_get_attribute
    package let retainPrimaryContext: lt_cu_primary_context_retain
    package let releasePrimaryContext: lt_cu_primary_context_release
    package let setCurrentContext: lt_cu_context_set_current

    package let memoryInfo: lt_cu_mem_get_info
    package let allocate: lt_cu_mem_alloc
    package let free: lt_cu_mem_free
    package let allocatePinned: lt_cu_mem_host_alloc
    package let freePinned: lt_cu_mem_free_host
    package let copyToDevice: lt_cu_copy_to_device
    package let copyToHost: lt_cu_copy_to_host
    package let fill: lt_cu_memset

    package let createStream: lt_cu_stream_create
    package let destroyStream: lt_cu_stream_call
    package let synchronizeStream: lt_cu_stream_call
    package let createEvent: lt_cu_event_create
    package let destroyEvent: lt_cu_event_call
    package let recordEvent: lt_cu_event_record
    package let synchronizeEvent: lt_cu_event_call
    package let waitEvent: lt_cu_stream_wait_event
    package let elapsedTime: lt_cu_event_elapsed_time

    package let loadModule: lt_cu_module_load_data
    package let unloadModule: lt_cu_module_unload
    package let moduleFunction: lt_cu_module_get_function
    package let setFunctionAttribute: lt_cu_function_set_attribute
    package let launchKernel: lt_cu_launch_kernel

    package let beginCapture: lt_cu_stream_begin_capture
    package let endCapture: lt_cu_stream_end_capture
    package let instantiateGraph: lt_cu_graph_instantiate
    package let launchGraph: lt_cu_graph_launch
    package let destroyGraphExecutable: lt_cu_graph_executable_destroy
    package let destroyGraph: lt_cu_graph_destroy

    package static let names = ["libcuda.so.1"]

    /// Finds the driver. Throws `notInstalled`, `libraryUnusable`.
    package static func open(in folders: LibraryFolders) throws(CUDAUnavailable) -> CUDADriver {
        guard let library = try DynamicLibrary.open(names, in: folders) else {
            throw .notInstalled(searched: folders.searched(names))
        }
        return try CUDADriver(library)
    }

    private init(_ library: DynamicLibrary) throws(CUDAUnavailable) {
        func find<Function>(_ name: String) throws(CUDAUnavailable) -> Function {
            try library.function(name, as: Function.self)
        }
        path = library.path
        initialize = try find("cuInit")
        driverVersion = try find("cuDriverGetVersion")
        errorName = try find("cuGetErrorName")
        errorText = try find("cuGetErrorString")
        deviceCount = try find("cuDeviceGetCount")
        device = try find("cuDeviceGet")
        deviceName = try find("cuDeviceGetName")
        deviceMemory = try find("cuDeviceTotalMem_v2")
        deviceAttribute = try find("cuDeviceGetAttribute")
        retainPrimaryContext = try find("cuDevicePrimaryCtxRetain")
        releasePrimaryContext = try find("cuDevicePrimaryCtxRelease_v2")
        setCurrentContext = try find("cuCtxSetCurrent")
        memoryInfo = try find("cuMemGetInfo_v2")
        allocate = try find("cuMemAlloc_v2")
        free = try find("cuMemFree_v2")
        allocatePinned = try find("cuMemHostAlloc")
        freePinned = try find("cuMemFreeHost")
        copyToDevice = try find("cuMemcpyHtoDAsync_v2")
        copyToHost = try find("cuMemcpyDtoHAsync_v2")
        fill = try find("cuMemsetD8Async")
        createStream = try find("cuStreamCreate")
        destroyStream = try find("cuStreamDestroy_v2")
        synchronizeStream = try find("cuStreamSynchronize")
        createEvent = try find("cuEventCreate")
        destroyEvent = try find("cuEventDestroy_v2")
        recordEvent = try find("cuEventRecord")
        synchronizeEvent = try find("cuEventSynchronize")
        waitEvent = try find("cuStreamWaitEvent")
        elapsedTime = try find("cuEventElapsedTime")
        loadModule = try find("cuModuleLoadData")
        unloadModule = try find("cuModuleUnload")
        moduleFunction = try find("cuModuleGetFunction")
        setFunctionAttribute = try find("cuFuncSetAttribute")
        launchKernel = try find("cuLaunchKernel")
        beginCapture = try find("cuStreamBeginCapture_v2")
        endCapture = try find("cuStreamEndCapture")
        instantiateGraph = try find("cuGraphInstantiateWithFlags")
        launchGraph = try find("cuGraphLaunch")
        destroyGraphExecutable = try find("cuGraphExecDestroy")
        destroyGraph = try find("cuGraphDestroy")
    }
}

extension CUDADriver {
    /// The driver's name and words for a result, for example `CUDA_ERROR_OUT_OF_MEMORY: out of memory`.
    package func words(_ result: lt_cuda_result) -> String {
        func text(_ function: lt_cu_get_error_text) -> String? {
            var pointer: UnsafePointer<CChar>?
            guard function(result, &pointer) == LT_CUDA_SUCCESS.code, let pointer else { return nil }
            return String(cString: pointer)
        }
        return [text(errorName) ?? "result \(result)", text(errorText)].compactMap { $0 }.joined(separator: ": ")
    }
}
