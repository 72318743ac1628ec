import CModelPlugin

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A shared library that is loaded and has passed the handshake; it stays loaded for as long as the process lives.
struct PluginLibrary: Sendable {
    let descriptor: PluginDescriptor
    /// The library's table, as far as it goes; what came with later minor versions than its own is nil. What it points to is
    /// constant for as long as the process lives, as the interface demands.
    nonisolated(unsafe) let functions: lungtriage_plugin

    /// Loads the library and checks what it says of itself; throws `notLoadable`, `wrongABI`, `badDescriptor`.
    ///
    /// The path is absolute: dlopen searches no folder. Symbols stay the library's own, so that two plugins may carry
    /// different versions of the same code.
    init(path: String, folder: String) throws(PluginError) {
        guard path.hasPrefix("/") else {
            throw PluginError(.notLoadable, plugin: folder, message: "The library's path is not absolute.")
        }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PluginError(
                .notLoadable, plugin: folder, message: "The library cannot be loaded.", cause: Self.loaderMessage())
        }
        guard let symbol = dlsym(handle, LUNGTRIAGE_PLUGIN_ENTRY_NAME) else {
            throw PluginError(
                .notLoadable, plugin: folder,
                message: "The library has no \(LUNGTRIAGE_PLUGIN_ENTRY_NAME); it is not a plugin of this version.")
        }
        let entry = unsafeBitCast(symbol, to: lungtriage_plugin_entry.self)
        guard let plugin = entry() else {
            throw PluginError(.badDescriptor, plugin: folder, message: "The library gives no description of itself.")
        }
        functions = Self.table(plugin)
        descriptor = try PluginDescriptor(functions, folder: folder)
    }

    /// No more of it is read than the library has, and no more than this host knows.
    private static func table(_ plugin: UnsafePointer<lungtriage_plugin>) -> lungtriage_plugin {
        var table = lungtriage_plugin()
        let bytes = min(Int(plugin.pointee.struct_size), MemoryLayout<lungtriage_plugin>.size)
        withUnsafeMutableBytes(of: &table) { target in
            target.copyMemory(from: UnsafeRawBufferPointer(start: plugin, count: bytes))
        }
        return table
    }

    private static func loaderMessage() -> String? { dlerror().map { String(cString: $0) } }
}
