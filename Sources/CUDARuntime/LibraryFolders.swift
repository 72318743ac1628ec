import Foundation

/// Where CUDA's libraries are looked for: first in the folders that were configured, then where the system's loader looks.
///
/// A configured folder may hold the libraries themselves, be a toolkit's root (`lib64`), or a Python environment's
/// `site-packages` with NVIDIA's wheels (`nvidia/cu13/lib`, `nvidia/cudnn/lib`, …).
public struct LibraryFolders: Hashable, Sendable {
    public let configured: [String]

    public init(_ configured: [String]) { self.configured = configured }

    /// The folders of the environment variable `LUNGTRIAGE_CUDA_PATH`, separated by colons.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> LibraryFolders {
        let value = environment["LUNGTRIAGE_CUDA_PATH"] ?? ""
        return LibraryFolders(value.split(separator: ":").map(String.init))
    }

    /// What to hand to the loader for a library of one of these names, the best first. A name without a folder means the
    /// system's own search.
    func candidates(_ names: [String]) -> [String] {
        let folders = configured.flatMap { LibraryFolders.folders(in: $0) }
        let files = folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
        return files.filter { FileManager.default.fileExists(atPath: $0) } + names
    }

    /// For messages: the names, and the folders beside the system's.
    func searched(_ names: [String]) -> [String] { names + configured }

    private static func folders(in root: String) -> [String] {
        let wheels = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/nvidia")) ?? []
        return [root, "\(root)/lib64", "\(root)/lib"] + wheels.sorted().map { "\(root)/nvidia/\($0)/lib" }
    }
}
