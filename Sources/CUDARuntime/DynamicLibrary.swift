#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A shared library opened at run time. It is never closed: drivers keep threads and exit handlers of their own.
///
/// `@unchecked Sendable`: a handle of the loader's, which any thread may use.
struct DynamicLibrary: @unchecked Sendable {
    /// What it was opened as.
    let path: String
    private let handle: UnsafeMutableRawPointer

    /// The first of `names` that can be opened, nil when none is there. Throws `libraryUnusable` when the first that
    /// exists cannot be loaded.
    static func open(_ names: [String], in folders: LibraryFolders) throws(CUDAUnavailable) -> DynamicLibrary? {
        for candidate in folders.candidates(names) {
            // Lazily bound, private to this process's other libraries: cuDNN's parts find each other by themselves.
            if let handle = dlopen(candidate, RTLD_LAZY | RTLD_LOCAL) {
                return DynamicLibrary(path: candidate, handle: handle)
            }
            let reason = dlerror().map { String(cString: $0) } ?? "The loader gives no reason"
            if candidate.contains("/") { throw .libraryUnusable(path: candidate, detail: reason) }
        }
        return nil
    }

    /// The function of this name. Throws `libraryUnusable` when the library has none.
    func function<Function>(_ name: String, as type: Function.Type) throws(CUDAUnavailable) -> Function {
        guard let address = dlsym(handle, name) else {
            throw .libraryUnusable(path: path, detail: "it has no function \(name)")
        }
        return unsafeBitCast(address, to: type)
    }
}
