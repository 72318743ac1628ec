import CCUDA
import CUDARuntime
import NeuralNet

/// cuDNN at work on a context's stream. One thread at a time may use it, which `CUDAContext.withStream` sees to.
///
/// `@unchecked Sendable`: the handle is constant.
package final class CudnnHandle: @unchecked Sendable {
    let library: Cudnn
    let context: CUDAContext
    let handle: lt_cudnn_handle

    /// Throws `libraryUnusable` with cuDNN's words.
    init(_ library: Cudnn, context: CUDAContext) throws(CUDAUnavailable) {
        var handle: lt_cudnn_handle?
        let status = context.withStream { stream in
            let created = library.create(&handle)
            return created == LT_CUDNN_SUCCESS.code ? library.setStream(handle, stream) : created
        }
        guard status == LT_CUDNN_SUCCESS.code, let handle else {
            throw .libraryUnusable(path: library.path, detail: CudnnFailure(status, library).words)
        }
        self.library = library
        self.context = context
        self.handle = handle
    }

    deinit { _ = context.withStream { _ in library.destroy(handle) } }
}

/// cuDNN's functions, and what must live as long as the objects made with them.
package struct CudnnSource: Sendable {
    let library: Cudnn
    let handle: CudnnHandle?

    package init(library: Cudnn, handle: CudnnHandle?) {
        self.library = library
        self.handle = handle
    }
}

extension CudnnHandle {
    var source: CudnnSource { CudnnSource(library: library, handle: self) }
}

/// What cuDNN says when it does not do something.
package struct CudnnFailure: Error {
    let status: lt_cudnn_status
    /// The status's name, and what cuDNN said last.
    let words: String

    init(_ status: lt_cudnn_status, _ library: Cudnn) {
        self.status = status
        let name = library.errorText(status).map { String(cString: $0) } ?? "status \(status)"
        var text = [CChar](repeating: 0, count: 1024)
        library.lastErrorText(&text, text.count)
        let detail = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        words = detail.isEmpty ? name : "\(name): \(detail)"
    }

    /// The failure of an operation.
    func error(_ operation: String) -> NeuralNetError {
        switch Int(status) {
        case LT_CUDNN_HOST_ALLOCATION_FAILED, LT_CUDNN_DEVICE_ALLOCATION_FAILED:
            NeuralNetError(.outOfMemory, operation: operation, message: "cuDNN has too little memory.", cause: words)
        default:
            NeuralNetError(.device, operation: operation, message: "cuDNN failed.", cause: words)
        }
    }
}
