import CCUDA

/// cuBLASLt's functions.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct CublasLt: @unchecked Sendable {
    package let path: String
    let version: lt_cublaslt_get_version
    let errorText: lt_cublaslt_get_status_string
    let create: lt_cublaslt_create
    let destroy: lt_cublaslt_destroy
    let createLayout: lt_cublaslt_layout_create
    let destroyLayout: lt_cublaslt_layout_destroy
    let setLayout: lt_cublaslt_layout_set_attribute
    let createDescription: lt_cublaslt_description_create
    let destroyDescription: lt_cublaslt_description_destroy
    let setDescription: lt_cublaslt_description_set_attribute
    let createPreference: lt_cublaslt_preference_create
    let destroyPreference: lt_cublaslt_preference_destroy
    let setPreference: lt_cublaslt_preference_set_attribute
    let heuristic: lt_cublaslt_get_heuristic
    let multiply: lt_cublaslt_multiply

    static func names(major: Int) -> [String] { ["libcublasLt.so.\(major)"] }

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
