import Digests
import Foundation

/// Compiled kernels in a folder, each file named by the digest of all that went into it.
///
/// Writers do not disturb each other: a file is written under a name of its own and then renamed. A file begins with the
/// digest of its content; one that does not fit it is ignored and replaced.
public struct KernelCache: Hashable, Sendable {
    let folder: String

    package init(folder: String) { self.folder = folder }

    /// Beside the driver's own cache where `CUDA_CACHE_PATH` says where that is, else `lungtriage/kernels` in the user's cache
    /// folder; nil where the environment names none.
    public static func standardFolder(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        if let cache = environment["CUDA_CACHE_PATH"], cache.hasPrefix("/") { return cache + "/lungtriage-kernels" }
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/lungtriage/kernels" }
        return environment["HOME"].map { $0 + "/.cache/lungtriage/kernels" }
    }

    /// The name of the code that these texts determine; nil where the system cannot compute digests.
    package static func key(_ parts: [String]) -> String? {
        // Lengths keep ["ab", "c"] and ["a", "bc"] apart.
        try? FileDigest.sha256(of: Data(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
    }

    /// The code of this name, or nil when there is none that is whole.
    package func code(_ key: String) -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path(key)), data.count > KernelCache.digestLength else {
            return nil
        }
        let content = data.dropFirst(KernelCache.digestLength)
        let digest = String(decoding: data.prefix(KernelCache.digestLength), as: UTF8.self)
        return (try? FileDigest.sha256(of: content)) == digest ? Array(content) : nil
    }

    /// Keeps code. A folder that cannot be written to costs time at the next start and nothing else.
    package func keep(_ code: [UInt8], _ key: String) {
        let files = FileManager.default
        let temporary =
            "\(folder)/.\(key).\(ProcessInfo.processInfo.processIdentifier).\(UInt64.random(in: 0 ... .max))"
        guard let digest = try? FileDigest.sha256(of: Data(code)) else { return }
        try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let data = Data(digest.utf8) + Data(code)
        guard files.createFile(atPath: temporary, contents: data) else { return }
        if rename(temporary, path(key)) != 0 { try? files.removeItem(atPath: temporary) }
    }

    private func path(_ key: String) -> String { "\(folder)/\(key).cubin" }

    /// Hexadecimal digits of SHA-256.
    private static let digestLength = 64
}
