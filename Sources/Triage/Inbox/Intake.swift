import Digests
import Foundation
import Platform
import Synchronization

/// Takes files in: makes a job of each, moves it into the daemon's own folder, and learns what it holds.
///
/// The job is written down before the file is moved, and its place is known from its number, so that after a loss of power
/// at any moment the file is found in one of the two places and the job goes on from there.
final class Intake: Sendable {
    private let store: JobStore
    private let folders: FolderLayout
    private let takenFiles: @Sendable () -> TriageConfiguration.TakenFiles
    private let moves: FileMoves
    /// How long to wait for someone who went on writing to a file that was taken.
    private let writerPause: Duration
    private let disk = BlockingCalls("intake")
    private let turnstile = Turnstile()
    /// Jobs that were begun with when something failed.
    private let unfinished: Mutex<[ArrivingJob]>

    /// `unfinished`: what a process has left when it died.
    init(
        store: JobStore, folders: FolderLayout, unfinished: [ArrivingJob], moves: FileMoves = FileMoves(),
        writerPause: Duration = .milliseconds(500),
        takenFiles: @escaping @Sendable () -> TriageConfiguration.TakenFiles
    ) {
        self.store = store
        self.folders = folders
        self.moves = moves
        self.writerPause = writerPause
        self.takenFiles = takenFiles
        self.unfinished = Mutex(unfinished)
    }

    /// A file that is ready.
    struct File: Hashable, Sendable {
        let path: String
        let priority: Priority
        var submitter: String?
        /// Nil: what its name says.
        var study: String?
        /// Whether it belongs to someone else and is copied instead of moved.
        var isCopied = false
    }

    /// Makes jobs of files and puts them into the queue, after those that were left unfinished. Returns all of them in order;
    /// a file that has gone in the meantime, or that is known, is left out.
    ///
    /// Throws `TriageError` and `SystemCallError`; what was begun with is gone on with at the next call.
    func take(_ files: [File]) async throws -> [JobID] {
        try await turnstile.pass {
            let earlier = try await self.bringInUnfinished()
            try await self.begin(files)
            return earlier + (try await self.bringInUnfinished())
        }
    }

    /// Whether there is something to go on with.
    var hasUnfinished: Bool { unfinished.withLock { !$0.isEmpty } }

    private func begin(_ files: [File]) async throws {
        var arriving: [ArrivingFile] = []
        for file in files {
            guard let facts = try FileFacts(file.path), facts.isRegular else { continue }
            let keeps = takenFiles() == .keep && !file.isCopied
            if keeps, try await store.knows(source: file.path, inode: facts.inode, modified: facts.modified) {
                continue
            }
            arriving.append(
                ArrivingFile(
                    path: file.path, study: file.study.map(StudyName.usable) ?? StudyName.of(path: file.path),
                    priority: file.priority, inode: facts.inode, bytes: facts.bytes, modified: facts.modified,
                    keepsSource: keeps || file.isCopied, submitter: file.submitter))
        }
        guard !arriving.isEmpty else { return }
        let copied = Set(files.filter(\.isCopied).map(\.path))
        let archive = folders.archive
        let jobs = try await store.arrive(arriving) { id, file in
            file.keepsSource && !copied.contains(file.path) ? file.path : Self.place(id, file.path, in: archive)
        }
        unfinished.withLock { $0 += jobs }
    }

    private static func place(_ id: JobID, _ path: String, in archive: String) -> String {
        "\(archive)/\(id)_\(path.split(separator: "/").last ?? "study.nii.gz")"
    }

    private func bringInUnfinished() async throws -> [JobID] {
        let jobs = unfinished.withLock { $0 }
        var moved: [ArrivingJob] = []
        for job in jobs {
            do {
                if try await disk.run({ try self.fetch(job) }) {
                    moved.append(job)
                } else {
                    try await store.forget(job)
                    finish(job)
                }
            } catch let error as SystemCallError where error.code == ENAMETOOLONG {
                try await fail(job, error)
            }
        }
        let folders = Set(moved.flatMap { [Self.folder(of: $0.source), Self.folder(of: $0.input)] })
        try await disk.run { for folder in folders { try self.moves.synchronise(folder: folder) } }
        var known: [(job: ArrivingJob, sha256: String, bytes: Int64)] = []
        for job in moved {
            try await waitForWriters(job.input)
            do {
                let (digest, bytes) = try await disk.run {
                    (try FileDigest.sha256(ofFile: job.input), try FileFacts(job.input)?.bytes ?? 0)
                }
                known.append((job, digest, bytes))
            } catch let error as SystemCallError where error.code == EACCES || error.code == EIO {
                try await fail(job, error)
            }
        }
        _ = try await store.enqueue(known)
        unfinished.withLock { $0 = [] }
        return jobs.map(\.id)
    }

    private func fail(_ job: ArrivingJob, _ error: SystemCallError) async throws {
        let message = "The file cannot be taken in: \(error.message)"
        try await store.fail(job, JobFailure(code: "files", message: message, detail: error.cause))
        finish(job)
    }

    private func finish(_ job: ArrivingJob) { unfinished.withLock { $0.removeAll { $0 == job } } }

    /// Whether the file is in its place now. False when it has gone.
    private func fetch(_ job: ArrivingJob) throws -> Bool {
        if job.source == job.input { return try FileFacts(job.input) != nil }
        let (source, place) = (try FileFacts(job.source), try FileFacts(job.input))
        if job.keepsSource {
            if place == nil, source != nil { try moves.copy(job.source, to: job.input) }
            return place != nil || source != nil
        }
        switch (source, place) {
        case (nil, nil): return false
        case (nil, .some): return true
        case (.some, nil):
            try moves.move(job.source, to: job.input)
            return true
        case (.some(let source), .some(let place)):
            // A copy across file systems that was not finished by removing the source, or a new file of the old name.
            if source.bytes == place.bytes, source.modified <= place.modified { try moves.remove(job.source) }
            return true
        }
    }

    /// A writer that kept the file open across its move goes on writing to it; nobody new can find it.
    private func waitForWriters(_ path: String) async throws {
        while FileFacts.hasWriter(path) == true { try await Task.sleep(for: writerPause) }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
