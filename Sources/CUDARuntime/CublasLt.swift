import CCUDA

/// cuBLASLt's functions.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct CublasLt: @unchecked Sendable {
    package let path: String
    package let version: lt_cublaslt_get_version
    package let errorText: lt_cublaslt_get_status_string
    package let create: lt_cublaslt_create
    package let destroy: lt_cublaslt_destroy
    package let createLayout: lt_cublaslt_layout_create
    package let destroyLayout: lt_cublaslt_layout_destroy
    package let setLayout: lt_cublaslt_layout_set_attribute
    package let createDescription: lt_cublaslt_description_create
    package let destroyDescription: lt_cublaslt_description_destroy
    package let setDescription: lt_cublaslt_description_set_attribute
    package let createPreference: lt_cublaslt_preference_create
    package let destroyPreference: lt_cublaslt_preference_destroy
    package let setPreference: lt_cublaslt_preference_set_attribute
    package let heuristic: lt_cublaslt_get_heuristic
    package let multiply: lt_cublaslt_multiply

    package static func names(major: Int) -> [String] { ["libcublasLt.so.\(major)"] }

    /// Nil when it is not there. Throws `libraryUnusable`.
    package static func open(major: Int, in folders: LibraryFolders) throws(CUDAUnavailable) -> CublasLt? {
        guard let library = try DynamicLibrary.open(names(major: major), in: folders) else { return nil }
        return try CublasLt(library)
    }

    private init(_ library: DynamicLibrary) throws(CUDAUnavailable) {
        func find<Function>(_ name: String) throws(CUDAUnavailable) -> Function {
            try library.function("cublasLt" + name, as: Function.self)
        }
        path = library.path
        version = try find("GetVersion")
        errorText = try find("GetStatusString")
        create = try find("Create")
        destroy = try find("Destroy")
        createLayout = try find("MatrixLayoutCreate")
        destroyLayout = try find("MatrixLayoutDestroy")
        setLayout = try find("MatrixLayoutSetAttribute")
        createDescription = try find("MatmulDescCreate")
        destroyDescription = try find("MatmulDescDestroy")
        setDescription = try find("MatmulDescSetAttribute")
        createPreference = try find("MatmulPreferenceCreate")
        destroyPreference = try find("MatmulPreferenceDestroy")
        setPreference = try find("MatmulPreferenceSetAttribute")
        heuristic = try find("MatmulAlgoGetHeuristic")
        multiply = try find("Matmul")
    }
}
