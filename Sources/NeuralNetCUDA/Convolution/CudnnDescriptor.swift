import CCUDA
import CUDARuntime

/// An object of cuDNN's graph API: attributes are set, then it is made final.
///
/// `@unchecked Sendable`: nothing changes a descriptor once it is final.
package final class CudnnDescriptor: @unchecked Sendable {
    private let source: CudnnSource
    private let descriptor: lt_cudnn_descriptor
    /// cuDNN reads them when it needs them, so they must live as long.
    private var parts: [CudnnDescriptor] = []

    private var library: Cudnn { source.library }

    package init(_ type: Int, _ source: CudnnSource) throws(CudnnFailure) {
        let library = source.library
        var descriptor: lt_cudnn_descriptor?
        let status = library.createDescriptor(type.code, &descriptor)
        guard status == LT_CUDNN_SUCCESS.code, let descriptor else { throw CudnnFailure(status, library) }
        self.source = source
        self.descriptor = descriptor
    }

    deinit { _ = library.destroyDescriptor(descriptor) }

    /// Where a descriptor itself is asked for.
    var raw: lt_cudnn_descriptor { descriptor }

    /// Sets an attribute to values of the type's C representation.
    func set<Value: BitwiseCopyable>(_ attribute: Int, _ type: Int, _ values: [Value]) throws(CudnnFailure) {
        let status = values.withUnsafeBytes {
            library.setAttribute(descriptor, attribute.code, type.code, Int64(values.count), $0.baseAddress)
        }
        try check(status)
    }

    func set(_ attribute: Int, _ values: [CudnnDescriptor]) throws(CudnnFailure) {
        let raw = values.map { Optional($0.descriptor) }
        let status = raw.withUnsafeBytes {
            library.setAttribute(
                descriptor, attribute.code, LT_CUDNN_TYPE_DESCRIPTOR.code, Int64(raw.count), $0.baseAddress)
        }
        try check(status)
        parts += values
    }

    func set(_ attribute: Int, int64 values: [Int]) throws(CudnnFailure) {
        try set(attribute, LT_CUDNN_TYPE_INT64, values.map { Int64($0) })
    }

    func set(_ attribute: Int, dataType: Int) throws(CudnnFailure) {
        try set(attribute, LT_CUDNN_TYPE_DATA_TYPE, [dataType.code])
    }

    package func finalize() throws(CudnnFailure) { try check(library.finalize(descriptor)) }

    /// Values of an attribute, at most `limit`.
    func get<Value: BitwiseCopyable>(
        _ attribute: Int, _ type: Int, limit: Int, of zero: Value
    ) throws(CudnnFailure) -> [Value] {
        var values = [Value](repeating: zero, count: limit)
        var count: Int64 = 0
        let status = values.withUnsafeMutableBytes {
            library.getAttribute(
                descriptor, attribute.code, type.code, Int64(limit), &count, $0.baseAddress)
        }
        try check(status)
        return Array(values.prefix(Int(count)))
    }

    /// Descriptors that an attribute holds, at most `limit`.
    func get(_ attribute: Int, type: Int, limit: Int) throws(CudnnFailure) -> [CudnnDescriptor] {
        // cuDNN fills descriptors that the caller made.
        var made: [CudnnDescriptor] = []
        for _ in 0..<limit { made.append(try CudnnDescriptor(type, source)) }
        var raw = made.map { Optional($0.descriptor) }
        var count: Int64 = 0
        let status = raw.withUnsafeMutableBytes {
            library.getAttribute(
                descriptor, attribute.code, LT_CUDNN_TYPE_DESCRIPTOR.code, Int64(limit), &count, $0.baseAddress)
        }
        try check(status)
        return Array(made.prefix(Int(count)))
    }

    private func check(_ status: lt_cudnn_status) throws(CudnnFailure) {
        guard status == LT_CUDNN_SUCCESS.code else { throw CudnnFailure(status, library) }
    }
}
