import Foundation

/// What NVIDIA's driver and libraries need from the system's folders. Written down from their documentation and from what others
/// allow them; not yet tried on a machine with a card.
public struct GPUPaths: Hashable, Sendable {
    /// Folders that were named for the libraries (`LUNGTRIAGE_CUDA_PATH`); the system's own are open anyway.
    let libraries: [String]
    /// What the driver's libraries ask for when they start.
    let settings: [String]
    /// Where compiled kernels are kept, the driver's and ours; only where that was decided (`CUDA_CACHE_PATH`).
    let caches: [String]
    let devices: [String]

    /// The machine's, as this process is told of them.
    public static var standard: GPUPaths {
        GPUPaths(
            environment: ProcessInfo.processInfo.environment,
            deviceFiles: (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? [])
    }

    /// `deviceFiles`: names in `/dev`. Without a card there is nothing but the libraries' folders.
    public init(environment: [String: String], deviceFiles: [String]) {
        func absolute(_ variable: String) -> [String] {
            (environment[variable] ?? "").split(separator: ":").map(String.init)
                .filter { $0.hasPrefix("/") && $0 != "/" }
        }
        libraries = absolute("LUNGTRIAGE_CUDA_PATH")
        devices = deviceFiles.filter { $0.hasPrefix("nvidia") }.sorted().map { "/dev/" + $0 }
        settings =
            devices.isEmpty
            ? []
            : [
                "/proc/driver/nvidia", "/sys/bus/pci/devices", "/sys/devices", "/sys/module/nvidia",
                "/usr/share/nvidia", "/etc/nvidia",
            ]
        caches =
            devices.isEmpty
            ? [] : absolute("CUDA_CACHE_PATH").prefix(1).filter { FileManager.default.fileExists(atPath: $0) }
    }
}
