import CCUDA
import CUDARuntime
import NeuralNet

/// D (m × n) = A (m × k) · B (k × n), matrices by columns; a channels-last activation is its channels × its pixels.
struct Product: Hashable, Sendable {
    /// A matrix in memory, before it is transposed.
    struct Operand: Hashable, Sendable {
        var element: ElementType
        /// Values from one column to the next.
        var columnStride: Int
        var isTransposed = false
        /// Values from one matrix of the batch to the next.
        var batchStride = 0
        /// What the address is a multiple of, at most 16 bytes.
        var alignment = 16
    }

    var m: Int
    var n: Int
    var k: Int
    var batch = 1
    var a: Operand
    var b: Operand
    var d: Operand
    /// Adds a value per row of D, float32.
    var hasBias = false
    var hasReLU = false
}

/// cuBLASLt's objects for one product, freed with it.
final class ProductCall {
    let description: lt_cublaslt_description
    let a: lt_cublaslt_layout
    let b: lt_cublaslt_layout
    let d: lt_cublaslt_layout
    private let library: CublasLt

    init(
        _ product: Product, library: CublasLt, computeType: Int, bias: lt_cuda_address?
    ) throws(ProductLibrary.Status) {
        self.library = library
        var description: lt_cublaslt_description?
        try check(library.createDescription(&description, computeType.code, LT_CUDA_R_32F.code))
        var layouts: [lt_cublaslt_layout] = []
        do throws(ProductLibrary.Status) {
            guard let description else { throw ProductLibrary.Status(code: LT_CUBLAS_ALLOC_FAILED.code) }
            try ProductCall.describe(description, product, library, bias)
            let (rows, inner, columns) = (product.m, product.k, product.n)
            for (operand, rows, columns) in [
                (product.a, rows, inner), (product.b, inner, columns), (product.d, rows, columns),
            ] {
                layouts.append(try ProductCall.layout(operand, rows, columns, product.batch, library))
            }
            self.description = description
        } catch {
            for layout in layouts { _ = library.destroyLayout(layout) }
            _ = library.destroyDescription(description)
            throw error
        }
        (a, b, d) = (layouts[0], layouts[1], layouts[2])
    }

    deinit {
        for layout in [a, b, d] { _ = library.destroyLayout(layout) }
        _ = library.destroyDescription(description)
    }

    private static func describe(
        _ description: lt_cublaslt_description, _ product: Product, _ library: CublasLt, _ bias: lt_cuda_address?
    ) throws(ProductLibrary.Status) {
        func set<Value: BitwiseCopyable>(_ attribute: Int, _ value: Value) throws(ProductLibrary.Status) {
            let status = withUnsafeBytes(of: value) {
                library.setDescription(description, attribute.code, $0.baseAddress, $0.count)
            }
            try check(status)
        }
        func operation(_ operand: Product.Operand) -> Int32 {
            operand.isTransposed ? LT_CUBLAS_TRANSPOSED.code : LT_CUBLAS_NOT_TRANSPOSED.code
        }
        try set(LT_CUBLASLT_DESC_TRANSA, operation(product.a))
        try set(LT_CUBLASLT_DESC_TRANSB, operation(product.b))
        let epilogue =
            switch (product.hasBias, product.hasReLU) {
            case (true, true): LT_CUBLASLT_EPILOGUE_RELU_BIAS
            case (true, false): LT_CUBLASLT_EPILOGUE_BIAS
            case (false, true): LT_CUBLASLT_EPILOGUE_RELU
            case (false, false): LT_CUBLASLT_EPILOGUE_DEFAULT
            }
        try set(LT_CUBLASLT_DESC_EPILOGUE, UInt32(epilogue))
        if product.hasBias {
            try set(LT_CUBLASLT_DESC_BIAS_POINTER, bias ?? 0)
            try set(LT_CUBLASLT_DESC_BIAS_DATA_TYPE, LT_CUDA_R_32F.code)
        }
    }

    private static func layout(
        _ operand: Product.Operand, _ rows: Int, _ columns: Int, _ batch: Int, _ library: CublasLt
    ) throws(ProductLibrary.Status) -> lt_cublaslt_layout {
        var layout: lt_cublaslt_layout?
        let (rows, columns) = operand.isTransposed ? (columns, rows) : (rows, columns)
        try check(
            library.createLayout(
                &layout, operand.element.cublas.code, UInt64(rows), UInt64(columns), Int64(operand.columnStride)))
        guard let layout else { throw ProductLibrary.Status(code: LT_CUBLAS_ALLOC_FAILED.code) }
        guard batch > 1 else { return layout }
        do throws(ProductLibrary.Status) {
            var count = Int32(batch)
            var stride = Int64(operand.batchStride)
            try check(library.setLayout(layout, LT_CUBLASLT_LAYOUT_BATCH_COUNT.code, &count, 4))
            try check(library.setLayout(layout, LT_CUBLASLT_LAYOUT_STRIDED_BATCH_OFFSET.code, &stride, 8))
        } catch {
            _ = library.destroyLayout(layout)
            throw error
        }
        return layout
    }
}

/// What cuBLASLt is told when it chooses: how much workspace there is, and how the addresses are aligned.
final class ProductPreference {
    let preference: lt_cublaslt_preference
    private let library: CublasLt

    init(_ library: CublasLt, workspaceBytes: Int, _ product: Product) throws(ProductLibrary.Status) {
        var preference: lt_cublaslt_preference?
        try check(library.createPreference(&preference))
        guard let preference else { throw ProductLibrary.Status(code: LT_CUBLAS_ALLOC_FAILED.code) }
        self.preference = preference
        self.library = library
        var bytes = UInt64(workspaceBytes)
        try check(library.setPreference(preference, LT_CUBLASLT_PREFERENCE_MAX_WORKSPACE_BYTES.code, &bytes, 8))
        // Sums in the result's own type would round float16 between the parts of a split product.
        var schemes = UInt32(LT_CUBLASLT_REDUCTION_COMPUTE_TYPE)
        try check(library.setPreference(preference, LT_CUBLASLT_PREFERENCE_REDUCTION_SCHEME_MASK.code, &schemes, 4))
        for (attribute, operand) in [
            (LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_A_BYTES, product.a),
            (LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_B_BYTES, product.b),
            (LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_C_BYTES, product.d),
            (LT_CUBLASLT_PREFERENCE_MIN_ALIGNMENT_D_BYTES, product.d),
        ] {
            var alignment = UInt32(operand.alignment)
            try check(library.setPreference(preference, attribute.code, &alignment, 4))
        }
    }

    deinit { _ = library.destroyPreference(preference) }
}

private func check(_ status: lt_cublas_status) throws(ProductLibrary.Status) {
    guard status == LT_CUBLAS_SUCCESS.code else { throw ProductLibrary.Status(code: status) }
}

extension ElementType {
    fileprivate var cublas: Int {
        switch self {
        case .float32: LT_CUDA_R_32F
        case .float16: LT_CUDA_R_16F
        case .bfloat16: LT_CUDA_R_16BF
        }
    }
}
