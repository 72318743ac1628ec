import CModelPlugin

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A shared library that is loaded and has passed the handshake; it stays loaded for as long as the process lives.
struct PluginLibrary: Sendable {
    let descriptor: PluginDescriptor
    /// Constant for as long as the process lives, as the interface demands.
    nonisolated(unsafe) let plugin: UnsafePointer<lungtriage_plugin>

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
        self.plugin = plugin
        descriptor = try PluginDescriptor(plugin.pointee, folder: folder)
    }

    private static func loaderMessage() -> String? { dlerror().map { String(cString: $0) } }
}
