import Digests
import Foundation
import Platform
import StationConfiguration
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
    /// Since when a job's file makes trouble.
    private let troubled = Mutex<[JobID: ContinuousClock.Instant]>([:])
    private let patience: Duration

    /// `unfinished`: what a process has left when it died. `patience`: how long a file that cannot be had is tried.
    init(
        store: JobStore, folders: FolderLayout, unfinished: [ArrivingJob], moves: FileMoves,
        patience: Duration, writerPause: Duration = .milliseconds(500),
        takenFiles: @escaping @Sendable () -> TriageConfiguration.TakenFiles
    ) {
        self.store = store
        self.folders = folders
        self.moves = moves
        self.patience = patience
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

    struct Taken: Sendable {
        /// Jobs that are no longer arriving, in order; those of earlier files are among them.
        var jobs: [JobID] = []
        /// Of the files that were given: all that became jobs, some of which may still be arriving.
        var own: [JobID] = []
    }

    /// Makes jobs of files and puts them into the queue, after those that were left unfinished. A file that has gone in the
    /// meantime, or that is known, is left out. One that makes trouble of its own holds nobody up: it stays unfinished, and when
    /// patience is at its end its job fails.
    ///
    /// Throws `TriageError` and `SystemCallError` for what concerns all files, such as a full disk; what was begun with is gone
    /// on with at the next call.
    func take(_ files: [File]) async throws -> Taken {
        try await turnstile.pass {
            let earlier = try await self.bringInUnfinished()
            let begun = try await self.begin(files)
            let (jobs, gone) = try await self.bringInUnfinished()
            return Taken(jobs: earlier.jobs + jobs, own: begun.filter { !gone.contains($0) })
        }
    }

    /// Whether there is something to go on with.
    var hasUnfinished: Bool { unfinished.withLock { !$0.isEmpty } }

    private func begin(_ files: [File]) async throws -> [JobID] {
        var arriving: [ArrivingFile] = []
        let begun = Set(unfinished.withLock { $0.map(\.source) })
        for file in files where file.isCopied || !begun.contains(file.path) {
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
        guard !arriving.isEmpty else { return [] }
        let copied = Set(files.filter(\.isCopied).map(\.path))
        let archive = folders.archive
        let jobs = try await store.arrive(arriving) { id, file in
            file.keepsSource && !copied.contains(file.path) ? file.path : Self.place(id, file.path, in: archive)
        }
        unfinished.withLock { $0 += jobs }
        return jobs.map(\.id)
    }

    private static func place(_ id: JobID, _ path: String, in archive: String) -> String {
        "\(archive)/\(id)_\(path.split(separator: "/").last ?? "study.nii.gz")"
    }

    /// Which jobs are no longer arriving, and those among them that never were.
    private func bringInUnfinished() async throws -> (jobs: [JobID], gone: Set<JobID>) {
        let jobs = unfinished.withLock { $0 }
        guard !jobs.isEmpty else { return ([], []) }
        let fetched = try await step(jobs) { try self.fetch($0) }
        for (job, isThere) in fetched where !isThere {
            try await store.forget(job)
            finish(job)
        }
        let gone = Set(fetched.filter { !$1 }.map(\.job.id))
        let moved = fetched.filter(\.result).map(\.job)
        let folders = Set(moved.flatMap { [Self.folder(of: $0.source), Self.folder(of: $0.input)] })
        try await disk.run { for folder in folders { try self.moves.synchronise(folder: folder) } }
        for job in moved { try await waitForWriters(job.input) }
        let known = try await step(moved) { job in
            (sha256: try FileDigest.sha256(ofFile: job.input), bytes: try FileFacts(job.input)?.bytes ?? 0)
        }
        _ = try await store.enqueue(known.map { ($0.job, $0.result.sha256, $0.result.bytes) })
        for entry in known { finish(entry.job) }
        let waiting = Set(unfinished.withLock { $0 }.map(\.id))
        return (jobs.map(\.id).filter { !waiting.contains($0) && !gone.contains($0) }, gone)
    }

    /// A step with each of some files. Leaves out those that make trouble: they are tried again later, or were given up.
    /// Throws what concerns all files; every step can be repeated.
    private func step<Result: Sendable>(
        _ jobs: [ArrivingJob], _ body: @escaping @Sendable (ArrivingJob) throws -> Result
    ) async throws -> [(job: ArrivingJob, result: Result)] {
        let (done, trouble) = try await disk.run {
            var done: [(job: ArrivingJob, result: Result)] = []
            var trouble: [(ArrivingJob, SystemCallError)] = []
            for job in jobs {
                do { done.append((job, try body(job))) } catch let error as SystemCallError where error.concernsOneFile
                {
                    trouble.append((job, error))
                }
            }
            return (done, trouble)
        }
        for (job, error) in trouble where isHopeless(job, error) { try await fail(job, error) }
        return done
    }

    /// Whether patience with a file is at its end.
    private func isHopeless(_ job: ArrivingJob, _ error: SystemCallError) -> Bool {
        let now = ContinuousClock.now
        let since = troubled.withLock { troubled in
            troubled[job.id] = troubled[job.id] ?? now
            return troubled[job.id] ?? now
        }
        return error.code == ENAMETOOLONG || now - since >= patience
    }

    private func fail(_ job: ArrivingJob, _ error: SystemCallError) async throws {
        let message = "The file cannot be taken in: \(error.message)"
        try await store.fail(job, JobFailure(code: "files", message: message, detail: error.cause))
        finish(job)
    }

    private func finish(_ job: ArrivingJob) {
        unfinished.withLock { $0.removeAll { $0 == job } }
        troubled.withLock { $0[job.id] = nil }
    }

    /// Whether the file is in its place now. False when it has gone.
    private func fetch(_ job: ArrivingJob) throws -> Bool {
        if job.source == job.input { return try FileFacts(job.input) != nil }
        let (source, place) = (try FileFacts(job.source), try FileFacts(job.input))
        if job.keepsSource {
            if place == nil, source != nil {
                try moves.makeFolder(Self.folder(of: job.input))
                try moves.copy(job.source, to: job.input)
            }
            return place != nil || source != nil
        }
        switch (source, place) {
        case (nil, nil): return false
        case (nil, .some): return true
        case (.some, nil):
            // Someone may have tidied it away.
            try moves.makeFolder(Self.folder(of: job.input))
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

extension SystemCallError {
    /// Whether another file may well be taken in where this one cannot.
    fileprivate var concernsOneFile: Bool {
        switch code {
        case EIO, EACCES, EPERM, ENAMETOOLONG, ELOOP, ENXIO, EISDIR, EILSEQ, EINVAL, EOVERFLOW, EFBIG, ESTALE: true
        default: false
        }
    }
}
