import Foundation

extension Check {
    /// Whether the database is one. The daemon itself checks and migrates it when it starts.
    static let database = Check(name: "database") { examination in
        guard examination.knowsFolders else { return [.unknownFolders("database")] }
        let path = examination.usable.folders.database
        let file: FileHandle
        do {
            file = try FileHandle(forReadingFrom: URL(filePath: path))
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return [.skipped("database", "There is none yet; the daemon makes it when it starts first.")]
        } catch {
            return [.skipped("database", "This user may not read \(path).", mend: examination.asRoot)]
        }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 16), head == Data("SQLite format 3\0".utf8) else {
            return [
                .failed(
                    "database", "\(path) is not an SQLite database.",
                    mend: "Stop the daemon, move the file away and restore its copy (Documentation/operations.md)")
            ]
        }
        return [.ok("database", "\(path) is an SQLite database.")]
    }
}
