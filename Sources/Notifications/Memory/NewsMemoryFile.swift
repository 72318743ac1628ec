import Foundation
import Platform

/// The memory's place on the disk.
package struct NewsMemoryFile: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// There is no file: this user was never told anything.
        case none
        case memory(NewsMemory)
        /// The file cannot be read, or is not of this version; the reason.
        case unusable(String)
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// `lungtriage/notify.json` of the user's state folder (XDG base directory specification).
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/state"
        self.init(path: state + "/lungtriage/notify.json")
    }

    package func read() -> Content {
        guard FileManager.default.fileExists(atPath: path) else { return .none }
        do {
            let memory = try JSONDecoder().decode(NewsMemory.self, from: Data(contentsOf: URL(filePath: path)))
            guard memory.version == NewsMemory.currentVersion else {
                return .unusable("It is of layout \(memory.version), this program's is \(NewsMemory.currentVersion).")
            }
            return .memory(memory)
        } catch {
            return .unusable("\(error)")
        }
    }

    /// Makes the folder when it is missing. Throws `SystemCallError` and errors of Foundation; then the file is as it
    /// was.
    package func write(_ memory: NewsMemory) throws {
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let content = try encoder.encode(memory)
        try DurableFile.write(to: path) { file in try content.withUnsafeBytes { try file.append($0) } }
    }
}
