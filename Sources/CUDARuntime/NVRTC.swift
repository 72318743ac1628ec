import CCUDA

/// The run-time compiler's functions.
///
/// `@unchecked Sendable`: addresses of functions that may be called from any thread.
package struct NVRTC: @unchecked Sendable {
    package let path: String
    package let version: lt_nvrtc_version
    package let errorText: lt_nvrtc_get_error_string
    package let createProgram: lt_nvrtc_create_program
    package let destroyProgram: lt_nvrtc_destroy_program
    package let compileProgram: lt_nvrtc_compile_program
    package let codeSize: lt_nvrtc_get_size
    package let code: lt_nvrtc_get_bytes
    package let logSize: lt_nvrtc_get_size
    package let log: lt_nvrtc_get_bytes

    package static func names(major: Int) -> [String] { ["libnvrtc.so.\(major)"] }

    /// Nil when it is not there. Throws `libraryUnusable`.
    package static func open(major: Int, in folders: LibraryFolders) throws(CUDAUnavailable) -> NVRTC? {
        guard let library = try DynamicLibrary.open(names(major: major), in: folders) else { return nil }
        return try NVRTC(library)
    }

    private init(_ library: DynamicLibrary) throws(CUDAUnavailable) {
        path = library.path
        version = try library.function("nvrtcVersion", as: lt_nvrtc_version.self)
        errorText = try library.function("nvrtcGetErrorString", as: lt_nvrtc_get_error_string.self)
        createProgram = try library.function("nvrtcCreateProgram", as: lt_nvrtc_create_program.self)
        destroyProgram = try library.function("nvrtcDestroyProgram", as: lt_nvrtc_destroy_program.self)
        compileProgram = try library.function("nvrtcCompileProgram", as: lt_nvrtc_compile_program.self)
        codeSize = try library.function("nvrtcGetCUBINSize", as: lt_nvrtc_get_size.self)
        code = try library.function("nvrtcGetCUBIN", as: lt_nvrtc_get_bytes.self)
        logSize = try library.function("nvrtcGetProgramLogSize", as: lt_nvrtc_get_size.self)
        log = try library.function("nvrtcGetProgramLog", as: lt_nvrtc_get_bytes.self)
    }
}
