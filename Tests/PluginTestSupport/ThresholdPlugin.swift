import Foundation
import ModelHost
import TestDeadlines

/// The C plugin of the tests, built with the machine's compiler and installed in a folder of its own.
public struct ThresholdPlugin {
    public enum Fault: Int, CaseIterable, Sendable {
        case none = 0
        case wrongMajor, shortStruct, missingFunction, otherIdentifier, runsNowhere, unknownLabel, unaskedSlice
        case wildProbabilities, neverReturns, cannotOpen, noDescriptor, unknownRole, labelOfAnotherRole, endlessMessage
        case noEntry, newerMinor
        /// With a volume of `faultySlices` slices only.
        case crashes, stalls, leaks, needsMuch, deviceFails
        case olderMinor
    }

    public static let faultySlices = 12

    /// Makes the plugin try whatever a plugin must not: `hostile_attempts.c`.
    public struct Hostility: Sendable {
        /// A file of another study.
        public let secret: String
        /// A path that is not in the staging folder, where there is nothing yet.
        public let outside: String

        public init(secret: String, outside: String) {
            self.secret = secret
            self.outside = outside
        }
    }

    /// Absolute; holds one folder per plugin.
    public let plugins: URL
    public let folder: URL

    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
    private static var header: URL {
        sources.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/CModelPlugin/include")
    }

    /// Builds, installs and seals the plugin in `plugins/<name>`.
    public init(
        _ fault: Fault = .none, hostility: Hostility? = nil, in plugins: URL, name: String = "threshold",
        abi: String = "1.0"
    ) throws {
        self.plugins = plugins
        folder = plugins.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.build(fault, hostility, to: folder.appending(path: "libthreshold.so"))
        try Data("no weights".utf8).write(to: folder.appending(path: "weights.bin"))
        let manifest = PluginManifest(
            id: "threshold", name: "Threshold", version: "1.0.0", abi: abi, role: .lesionBinary,
            library: .init(file: "libthreshold.so", sha256: nil), weights: [.init(file: "weights.bin", sha256: nil)])
        try manifest.encoded().write(to: folder.appending(path: PluginManifest.fileName))
        _ = try PluginSeal.seal(folder: folder.path)
        try protect()
    }

    public var catalog: PluginCatalog { PluginCatalog([.installed(plugins.path)]) }

    /// The plugin, opened on the CPU.
    public func open(log: @escaping @Sendable (PluginLogLevel, String) -> Void = { _, _ in }) throws -> PluginSession {
        let plugin = try catalog.plugin("threshold")
        return try plugin.open(on: try plugin.preferredDevice(among: [Self.cpu]), log: log)
    }

    public static let cpu = ComputeDevice(.cpu, threads: 1)

    /// Nobody but the owner may write, whatever the umask says.
    private func protect() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: folder.appending(path: file).path)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }

    private static func build(_ fault: Fault, _ hostility: Hostility?, to library: URL) throws {
        let common = ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", header.path, "-o", library.path]
        let plugin = sources.appending(path: "threshold_plugin.c").path
        guard let hostility else {
            return try compile(common + ["-std=c99", "-pedantic", "-DFAULT=\(fault.rawValue)", plugin])
        }
        try compile(
            common + [
                "-std=gnu99", "-DHOSTILE", "-DSECRET=\"\(hostility.secret)\"", "-DOUTSIDE=\"\(hostility.outside)\"",
                plugin, sources.appending(path: "hostile_attempts.c").path,
            ])
    }

    /// Builds a program that starts another as if the kernel had no Landlock.
    public static func buildWithoutLandlock(in folder: URL) throws -> URL {
        let program = folder.appending(path: "without-landlock")
        try compile([sources.appending(path: "without_landlock.c").path, "-o", program.path])
        return program
    }

    private static func compile(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["cc"] + arguments
        try process.run()
        guard process.waitForEnd() == 0 else { throw CocoaError(.executableLoad) }
    }
}

/// A folder that is removed with the test.
public final class PluginFolder: Sendable {
    public let url: URL

    public init() throws {
        url = URL(filePath: NSTemporaryDirectory()).appending(path: "lungtriage-plugins-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
