import CConfinement
import Foundation

/// The shared libraries of this process.
enum LoadedLibraries {
    /// The folders that they were loaded from, each once.
    static var folders: [String] {
        var folders: Set<String> = []
        withUnsafeMutablePointer(to: &folders) { folders in
            lungtriage_each_library(
                { path, folders in
                    guard let path else { return }
                    let folder = URL(fileURLWithPath: String(cString: path)).deletingLastPathComponent().path
                    folders?.assumingMemoryBound(to: Set<String>.self).pointee.insert(folder)
                }, folders)
        }
        return folders.sorted()
    }

    /// Of the library or program that an address lies in; nil for one in none.
    static func path(at address: UInt) -> String? { lungtriage_library_at(address).map { String(cString: $0) } }
}
