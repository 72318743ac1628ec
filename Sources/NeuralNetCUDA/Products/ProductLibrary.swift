import CCUDA
import CUDARuntime
import NeuralNet
import Synchronization

/// Matrix products on cuBLASLt, which counts matrices by columns; each shape's algorithm is chosen once, by cuBLASLt.
///
/// `@unchecked Sendable`: the handle is constant, one thread at a time uses it (`CUDAContext.withStream`), and the table has
/// a lock.
final class ProductLibrary: @unchecked Sendable {
    let context: CUDAContext
    private let library: CublasLt
    private let handle: lt_cublaslt_handle
    private let workspace: CUDABuffer
    private let computeType: Int
    private let algorithms = Mutex<[Product: lt_cublaslt_algorithm?]>([:])

    /// What NVIDIA recommends for Hopper; smaller devices use less of it.
    private static let workspaceBytes = 32 << 20

    /// Throws `outOfMemory`, `device`.
    init(_ library: CublasLt, context: CUDAContext, allowsTF32: Bool) throws(NeuralNetError) {
        self.library = library
        self.context = context
        computeType = allowsTF32 ? LT_CUBLAS_COMPUTE_32F_FAST_TF32 : LT_CUBLAS_COMPUTE_32F
        workspace = try CUDABuffer(bytes: ProductLibrary.workspaceBytes, in: context)
        var handle: lt_cublaslt_handle?
        let status = context.withStream { _ in library.create(&handle) }
        guard status == LT_CUBLAS_SUCCESS.code, let handle else {
            throw ProductLibrary.error("start of cuBLASLt", status, library)
        }
        self.handle = handle
    }

    deinit { _ = context.withStream { _ in library.destroy(handle) } }

    /// Enqueues a product: whether it could be, with what is fused into it. A failure of the device is remembered.
    func run(_ product: Product, a: lt_cuda_address, b: lt_cuda_address, d: lt_cuda_address, bias: lt_cuda_address?)
        -> Bool
    {
        let status: lt_cublas_status = context.withStream { stream in
            do throws(Status) {
                let call = try ProductCall(product, library: library, computeType: computeType, bias: bias)
                guard let algorithm = try algorithm(for: product, call) else { return LT_CUBLAS_NOT_SUPPORTED.code }
                var one: Float = 1
                var zero: Float = 0
                return withUnsafePointer(to: algorithm) { algorithm in
                    library.multiply(
                        handle, call.description, &one, pointer(a), call.a, pointer(b), call.b, &zero, pointer(d),
                        call.d,
                        UnsafeMutableRawPointer(mutating: pointer(d)), call.d, algorithm,
                        UnsafeMutableRawPointer(mutating: pointer(workspace.address)), workspace.bytes, stream)
                }
            } catch {
                return error.code
            }
        }
        switch Int(status) {
        case LT_CUBLAS_SUCCESS: return true
        case LT_CUBLAS_NOT_SUPPORTED: return false
        default:
            context.fail(ProductLibrary.error("product \(product.m)×\(product.n)×\(product.k)", status, library))
            return true
        }
    }

    /// Nil where cuBLASLt has none.
    private func algorithm(for product: Product, _ call: ProductCall) throws(Status) -> lt_cublaslt_algorithm? {
        if let known = algorithms.withLock({ $0[product] }) { return known }
        let preference = try ProductPreference(library, workspaceBytes: workspace.bytes, product)
        var result = lt_cublaslt_heuristic()
        var count: Int32 = 0
        let status = library.heuristic(
            handle, call.description, call.a, call.b, call.d, call.d, preference.preference, 1, &result, &count)
        let found = status == LT_CUBLAS_SUCCESS.code && count > 0 && result.status == LT_CUBLAS_SUCCESS.code
        if status != LT_CUBLAS_SUCCESS.code && status != LT_CUBLAS_NOT_SUPPORTED.code { throw Status(code: status) }
        let algorithm = found ? result.algorithm : nil
        algorithms.withLock { $0[product] = .some(algorithm) }
        return algorithm
    }

    private func pointer(_ address: lt_cuda_address) -> UnsafeRawPointer? {
        UnsafeRawPointer(bitPattern: UInt(address))
    }

    private static func error(_ operation: String, _ status: lt_cublas_status, _ library: CublasLt) -> NeuralNetError {
        let words = library.errorText(status).map { String(cString: $0) } ?? "status \(status)"
        return Int(status) == LT_CUBLAS_ALLOC_FAILED
            ? NeuralNetError(
                .outOfMemory, operation: operation, message: "cuBLASLt has too little memory.", cause: words)
            : NeuralNetError(.device, operation: operation, message: "cuBLASLt failed.", cause: words)
    }

    struct Status: Error {
        let code: lt_cublas_status
    }
}
