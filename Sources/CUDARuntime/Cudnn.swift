import CCUDA

/// cuDNN's functions: the graph API alone.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct Cudnn: @unchecked Sendable {
    package let path: String
    package let version: lt_cudnn_get_version
    package let errorText: lt_cudnn_get_error_string
    package let lastErrorText: lt_cudnn_get_last_error_string
    package let create: lt_cudnn_create
    package let destroy: lt_cudnn_destroy
    package let setStream: lt_cudnn_set_stream
    package let createDescriptor: lt_cudnn_descriptor_create
    package let destroyDescriptor: lt_cudnn_descriptor_call
    package let finalize: lt_cudnn_descriptor_call
    package let setAttribute: lt_cudnn_set_attribute
    package let getAttribute: lt_cudnn_get_attribute
    package let execute: lt_cudnn_execute

    package static let names = ["libcudnn.so.9"]

    /// Nil when it is not there. Throws `libraryUnusable`.
    package static func open(in folders: LibraryFolders) throws(CUDAUnavailable) -> Cudnn? {
        guard let library = try DynamicLibrary.open(names, in: folders) else { return nil }
        return try Cudnn(library)
    }

    private init(_ library: DynamicLibrary) throws(CUDAUnavailable) {
        func find<Function>(_ name: String) throws(CUDAUnavailable) -> Function {
            try library.function("cudnn" + name, as: Function.self)
        }
        path = library.path
        version = try find("GetVersion")
        errorText = try find("GetErrorString")
        lastErrorText = try find("GetLastErrorString")
        create = try find("Create")
        destroy = try find("Destroy")
        setStream = try find("SetStream")
        createDescriptor = try find("BackendCreateDescriptor")
        destroyDescriptor = try find("BackendDestroyDescriptor")
        finalize = try find("BackendFinalize")
        setAttribute = try find("BackendSetAttribute")
        getAttribute = try find("BackendGetAttribute")
        execute = try find("BackendExecute")
    }
}

extension Cudnn {
    /// cuDNN 9.0 was the first whose functions report as `CudnnFailure` reads it; 9.7 the first for Blackwell.
    private static let least = (9, 0)
    private static let leastForBlackwell = (9, 7)
    private static let blackwell = ComputeCapability(major: 10, minor: 0)

    /// Throws `libraryUnusable` where this version is older than what the graphs or the device need.
    package func check(for capability: ComputeCapability) throws(CUDAUnavailable) {
        let number = version()
        // As cuDNN 9 counts: 10000 · major + 100 · minor + patch.
        let found = (number / 10000, number % 10000 / 100)
        let needed = capability < Cudnn.blackwell ? Cudnn.least : Cudnn.leastForBlackwell
        guard found < needed else { return }
        throw .libraryUnusable(
            path: path,
            detail: "it is cuDNN \(found.0).\(found.1), and compute capability \(capability) needs "
                + "\(needed.0).\(needed.1) or later")
    }
}
