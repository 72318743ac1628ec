import CCUDA

/// cuDNN's functions: the graph API alone.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct Cudnn: @unchecked Sendable {
    package let path: String
    let version: lt_cudnn_get_version
    let errorText: lt_cudnn_get_error_string
    let lastErrorText: lt_cudnn_get_last_error_string
    let create: lt_cudnn_create
    let destroy: lt_cudnn_destroy
    let setStream: lt_cudnn_set_stream
    let createDescriptor: lt_cudnn_descriptor_create
    let destroyDescriptor: lt_cudnn_descriptor_call
    let finalize: lt_cudnn_descriptor_call
    let setAttribute: lt_cudnn_set_attribute
    let getAttribute: lt_cudnn_get_attribute
    let execute: lt_cudnn_execute

    static let names = ["libcudnn.so.9"]

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
