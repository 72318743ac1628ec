import Foundation
import Platform
import WorkerLink

/// What can be asked of the daemon, from the bus or from tests.
extension TriageDaemon {
    /// Takes a file in that lies anywhere the daemon can read. The file stays where it is; a file in the inbox is taken as if it
    /// had been dropped.
    ///
    /// `user`: who submits it; the daemon reads nothing for a user who could not. Nil: the daemon's own.
    ///
    /// Throws `invalidArgument` for what is no regular file with the name of a study, `busy` when there is no room.
    public func submit(
        path: String, priority: Priority = .routine, study: String? = nil, user: UInt32? = nil
    ) async throws -> JobID {
        guard path.hasPrefix("/"), !path.split(separator: "/").contains(".."), !path.utf8.contains(0) else {
            throw TriageError(.invalidArgument, "The path must be absolute and without \"..\".")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard DropName.isStudy(name) else {
            throw TriageError(.invalidArgument, "The file's name must end in .nii or .nii.gz.")
        }
        guard let facts = try? FileFacts(path), facts.isRegular, access(path, R_OK) == 0, Self.mayRead(path, user)
        else {
            throw TriageError(
                .invalidArgument,
                "There is no file of that name that the daemon can read. As a service it sees no home folders and a /tmp of "
                    + "its own: copy the file into the inbox.")
        }
        guard retention.hasRoom else { throw TriageError(.busy, "There is too little free space to take studies in.") }
        let isDropped = folders.drops.contains { path.hasPrefix($0.folder + "/") }
        let taken = try await intake.take([
            Intake.File(
                path: path, priority: priority, submitter: user.map { "\($0)" }, study: study, isCopied: !isDropped)
        ])
        await hub.arrived(taken.jobs)
        queue.bell.ring()
        guard let job = taken.own.first else {
            throw TriageError(.invalidArgument, "The file has gone, or is known already.")
        }
        return job
    }

    /// Whether a file is the user's own or for everyone to read.
    private static func mayRead(_ path: String, _ user: UInt32?) -> Bool {
        guard let user, user != geteuid(), user != 0 else { return true }
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return false }
        return facts.st_uid == user && facts.st_mode & S_IRUSR != 0 || facts.st_mode & S_IROTH != 0
    }

    public func job(_ id: JobID) async throws -> Job {
        guard let job = try await store.job(id) else { throw TriageError(.notFound, "There is no job \(id).") }
        return job
    }

    /// Nil when there is none.
    public func find(_ id: JobID) async throws -> Job? { try await store.job(id) }

    /// What could not be announced may be now.
    public func announceAgain() { hub.announcements.ring() }

    /// The latest first, at most 1000.
    public func jobs(_ filter: JobFilter = JobFilter(), offset: Int = 0, limit: Int = 100) async throws -> [Job] {
        try await store.jobs(filter, offset: max(offset, 0), limit: min(max(limit, 0), 1000))
    }

    /// Throws `notFound`, `wrongState`, `busy`.
    public func cancel(_ id: JobID) async throws {
        switch try await store.cancel(id) {
        case .cancelled: await hub.cameToEnd(id)
        case .running: hub.cancel(id)
        }
    }

    /// Throws `notFound`, `wrongState`.
    public func retry(_ id: JobID) async throws {
        try await store.retry(id)
        if let job = try await store.job(id) { await hub.isBack(job) }
        queue.bell.ring()
    }

    public func pause() async throws { try await setPaused(true) }
    public func resume() async throws { try await setPaused(false) }

    private func setPaused(_ isPaused: Bool) async throws {
        try await queue.setPaused(isPaused)
        hub.pauseChanged()
    }

    public func status() async throws -> TriageStatus {
        let counts = try await store.activeCounts()
        let running = (counts[.running] ?? 0) + (counts[.delivering] ?? 0)
        let activity: TriageStatus.Activity =
            !retention.hasRoom ? .full : queue.isPaused ? .paused : running > 0 ? .working : .idle
        return TriageStatus(
            activity: activity, queued: (counts[.queued] ?? 0) + (counts[.arriving] ?? 0), running: running,
            workers: hub.workers, troubles: hub.troubles.sentences)
    }

    /// The folder with a completed job's results; nil for any other.
    public func resultFolder(of job: Job) -> String? {
        if case .completed(let study) = job.state { folders.outbox + "/" + study.folder } else { nil }
    }
}
