import CCUDA
import CUDARuntime

/// Compiles the kernels' sources for one architecture, or takes them from the cache.
package struct KernelCompiler: Sendable {
    let nvrtc: NVRTC
    let capability: ComputeCapability
    let cache: KernelCache?

    package init(nvrtc: NVRTC, capability: ComputeCapability, cache: KernelCache?) {
        self.nvrtc = nvrtc
        self.capability = capability
        self.cache = cache
    }

    /// Machine code ("cubin") of a source. Throws `libraryUnusable` with the compiler's words.
    package func code(_ source: KernelSources.Source, headers: [KernelSources.Header]) throws(CUDAUnavailable)
        -> [UInt8]
    {
        var major: Int32 = 0
        var minor: Int32 = 0
        try check(nvrtc.version(&major, &minor), "its version")
        let headerTexts = headers.flatMap { [$0.name, $0.text] }
        let key = KernelCache.key(["\(major).\(minor)"] + options + [source.name, source.text] + headerTexts)
        if let key, let code = cache?.code(key) { return code }
        let code = try compile(source, headers: headers)
        if let key { cache?.keep(code, key) }
        return code
    }

    /// An architecture by its own name, not a virtual one, so that the result is machine code. No contraction is forbidden
    /// beyond what the kernels say themselves; division and square root round correctly.
    private var options: [String] {
        [
            "--gpu-architecture=sm_\(capability.major)\(capability.minor)", "--std=c++17", "--ftz=false",
            "--prec-div=true", "--prec-sqrt=true", "--fmad=false",
        ]
    }

    private func compile(
        _ source: KernelSources.Source, headers: [KernelSources.Header]
    ) throws(CUDAUnavailable) -> [UInt8] {
        let texts = CStrings(headers.map(\.text))
        let names = CStrings(headers.map(\.name))
        let arguments = CStrings(options)
        var program: lt_nvrtc_program?
        try check(
            nvrtc.createProgram(
                &program, source.text, source.name + ".cu", Int32(headers.count), texts.pointers, names.pointers),
            source.name)
        defer { _ = nvrtc.destroyProgram(&program) }
        let result = nvrtc.compileProgram(program, Int32(options.count), arguments.pointers)
        guard result == LT_NVRTC_SUCCESS.code else {
            throw .libraryUnusable(
                path: nvrtc.path, detail: "it does not compile \(source.name).cu for \(capability): \(log(program))")
        }
        var bytes = 0
        try check(nvrtc.codeSize(program, &bytes), source.name)
        var code = [CChar](repeating: 0, count: bytes)
        try check(nvrtc.code(program, &code), source.name)
        return code.map { UInt8(bitPattern: $0) }
    }

    private func log(_ program: lt_nvrtc_program?) -> String {
        var bytes = 0
        guard nvrtc.logSize(program, &bytes) == LT_NVRTC_SUCCESS.code, bytes > 0 else { return "no reason given" }
        var text = [CChar](repeating: 0, count: bytes)
        guard nvrtc.log(program, &text) == LT_NVRTC_SUCCESS.code else { return "no reason given" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func check(_ result: lt_nvrtc_result, _ what: String) throws(CUDAUnavailable) {
        guard result != LT_NVRTC_SUCCESS.code else { return }
        let text = nvrtc.errorText(result).map { String(cString: $0) } ?? "result \(result)"
        throw .libraryUnusable(path: nvrtc.path, detail: "\(what): \(text)")
    }
}

/// Strings as an array of C strings, freed with it.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let copies: [UnsafeMutablePointer<CChar>]

    init(_ strings: [String]) {
        copies = strings.map { string in
            let bytes = string.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { copy[index] = byte }
            return copy
        }
        pointers = .allocate(capacity: max(strings.count, 1))
        pointers.initialize(repeating: nil, count: max(strings.count, 1))
        for (index, copy) in copies.enumerated() { pointers[index] = UnsafePointer(copy) }
    }

    deinit {
        for copy in copies { copy.deallocate() }
        pointers.deallocate()
    }
}
