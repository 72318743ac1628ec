import Foundation
import Platform
import StationConfiguration

/// Where results appear, each whole or not at all.
struct Outbox: Sendable {
    let folders: FolderLayout
    let store: JobStore
    let moves: FileMoves
    private let disk = BlockingCalls("outbox")

    init(folders: FolderLayout, store: JobStore, moves: FileMoves) {
        self.folders = folders
        self.store = store
        self.moves = moves
    }

    /// Whether no folder has the name.
    func isFree(_ name: String) -> Bool { (try? names(name)) ?? false }

    private func names(_ name: String) throws -> Bool {
        name != "index.html" && FileManager.default.fileExists(atPath: folders.outbox + "/" + name) == false
    }

    /// The staging folder, made anew when someone has removed it. Throws `SystemCallError`.
    func stagingNode() async throws -> FileFacts.Node {
        try await disk.run {
            if let facts = try FileFacts(folders.staging) { return facts.node }
            try moves.makeFolder(folders.staging)
            guard let facts = try FileFacts(folders.staging) else {
                throw SystemCallError("The staging folder is gone as soon as it is made.", code: ENOENT)
            }
            return facts.node
        }
    }

    func stagingPath(_ name: String) -> String { folders.staging + "/" + name }

    /// Gives results their name and completes the job. Throws `SystemCallError` and `TriageError`: then the job is still
    /// `delivering`, and may be delivered again.
    func deliver(_ job: DeliveringJob) async throws {
        let (staging, place) = (stagingPath(job.staging), folders.outbox + "/" + job.folder)
        try await disk.run {
            // When it is not there, a process that died has brought it to its place: the name was reserved for it.
            if FileManager.default.fileExists(atPath: staging) {
                try moves.place(folder: staging, at: place)
            } else if !FileManager.default.fileExists(atPath: place) {
                throw SystemCallError("The results are gone from the staging folder.", code: ENOENT)
            }
            try moves.synchronise(folder: folders.outbox)
        }
        try await store.complete(job)
    }

    /// Removes what no job is working on.
    func sweep() async throws {
        let names = try await store.stagingNames()
        try await disk.run {
            for name in try FileMoves.names(in: folders.staging) where !names.contains(name) {
                moves.removeTree(folders.staging + "/" + name)
            }
        }
    }

    func discard(staging name: String) async {
        try? await disk.run { moves.removeTree(folders.staging + "/" + name) }
    }
}
