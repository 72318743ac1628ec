import CModelPlugin

/// A plugin that was found whole, and can be opened on a device.
public struct Plugin: Sendable {
    public let manifest: PluginManifest
    public let descriptor: PluginDescriptor
    /// SHA-256 of the library and of the weights, as they were when they were checked.
    public let hashes: [String: String]
    /// Absolute.
    public let modelFolder: String
    public let libraryPath: String
    /// Whether the library is the one whose hash `plugin.json` gives; in a build folder it is another after every build.
    public let isSealed: Bool
    let library: PluginLibrary

    public var id: String { manifest.id }
    public var role: PluginRole { manifest.role }

    /// The device that the plugin rates highest; of equal ones the first. Throws `cannotRunHere` when it rates all 0.
    public func preferredDevice(among devices: [ComputeDevice]) throws(PluginError) -> ComputeDevice {
        let scores = devices.map { score(on: $0) }
        guard let best = scores.max(), best > 0, let index = scores.firstIndex(of: best) else {
            let names = devices.map(\.description).joined(separator: ", ")
            throw PluginError(
                .cannotRunHere, plugin: id,
                message: devices.isEmpty ? "There is no device to run on." : "It cannot run on \(names).")
        }
        return devices[index]
    }

    /// 0: cannot run there.
    public func score(on device: ComputeDevice) -> UInt32 {
        var device = device.abi
        return library.functions.device_score(&device)
    }

    /// Bytes that a session needs for a volume, its weights included.
    public func memoryEstimate(columns: Int, rows: Int, slices: Int, on device: ComputeDevice) -> UInt64 {
        var device = device.abi
        var shape = lungtriage_shape(columns: columns, rows: rows, slices: slices)
        return library.functions.memory_estimate(&shape, &device)
    }

    /// Weights ready on a device. `log` gets what the plugin has to say; it may be called from any thread.
    /// Throws `badModel`, `outOfMemory`, `deviceFailed`, `failed`.
    public func open(
        on device: ComputeDevice, log: @escaping @Sendable (PluginLogLevel, String) -> Void = { _, _ in }
    ) throws(PluginError) -> PluginSession {
        try PluginSession(self, device: device, log: log)
    }
}

public enum PluginLogLevel: Hashable, Sendable { case info, warning }

extension lungtriage_shape {
    init(columns: Int, rows: Int, slices: Int) {
        self.init(
            struct_size: UInt32(MemoryLayout<lungtriage_shape>.size), columns: UInt32(clamping: columns),
            rows: UInt32(clamping: rows), slices: UInt32(clamping: slices))
    }
}
