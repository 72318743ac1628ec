import Foundation
import Platform
import StationConfiguration

/// Puts the files of jobs that have come to their end where they belong: what could not be used into the failed folder, with
/// its reason beside it; what is done stays in the archive, or goes.
///
/// Each step may be done twice: a process that dies in the middle leaves the rest to the next.
struct Filing: Sendable {
    let folders: FolderLayout
    let store: JobStore
    let moves: FileMoves
    let metrics: Metrics
    let takenFiles: @Sendable () -> TriageConfiguration.TakenFiles
    private let disk = BlockingCalls("filing")

    init(
        folders: FolderLayout, store: JobStore, moves: FileMoves, metrics: Metrics,
        takenFiles: @escaping @Sendable () -> TriageConfiguration.TakenFiles
    ) {
        self.folders = folders
        self.store = store
        self.moves = moves
        self.metrics = metrics
        self.takenFiles = takenFiles
    }

    /// Files everything that is not filed yet. Throws `SystemCallError` and `TriageError`.
    func fileAll() async throws {
        while true {
            let jobs = try await store.jobsToFile()
            guard !jobs.isEmpty else { return }
            let filed = try await disk.run { try jobs.map { (id: $0.job.id, input: try file($0)) } }
            try await store.markFiled(filed)
            // Here, since filing is what happens once to each end, whichever way it came.
            for job in jobs { metrics.ended(job.job) }
        }
    }

    /// Where the file is now.
    private func file(_ filed: JobToFile) throws -> String {
        let job = filed.job
        switch job.state {
        case .failed(let failure), .quarantined(let failure):
            let place = filed.keepsSource && job.input == job.source ? job.input : try moveToFailed(job)
            try writeReason(failure, job, place)
            return place
        case .completed:
            if takenFiles() == .delete, job.input != job.source { try moves.remove(job.input) }
            return job.input
        case .arriving, .queued, .running, .delivering, .cancelled:
            return job.input
        }
    }

    private func moveToFailed(_ job: Job) throws -> String {
        let name = Self.lastName(job.source)
        let numbered = "\(folders.failed)/\(job.id)_\(name)"
        // A file whose job could not even begin is still where it was dropped.
        let present = try [job.input, job.source].first { try FileFacts($0) != nil }
        guard let present else {
            return try FileFacts(numbered) != nil ? numbered : "\(folders.failed)/\(name)"
        }
        let plain = "\(folders.failed)/\(name)"
        let place = try FileFacts(plain) == nil ? plain : numbered
        // Someone may have tidied it away.
        try moves.makeFolder(folders.failed)
        try moves.move(present, to: place)
        try moves.synchronise(folder: folders.failed)
        return place
    }

    private struct Reason: Encodable {
        let code: String
        let message: String
        let detail: String?
        let when: String
        let job: Int64
    }

    private func writeReason(_ failure: JobFailure, _ job: Job, _ place: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let when = Date(timeIntervalSince1970: job.finishedAt ?? job.arrivedAt)
        let reason = Reason(
            code: failure.code, message: failure.message, detail: failure.detail, when: when.formatted(.iso8601),
            job: job.id.rawValue)
        let text = try encoder.encode(reason) + Data("\n".utf8)
        try moves.makeFolder(folders.failed)
        try text.withUnsafeBytes {
            try moves.write($0, to: "\(folders.failed)/\(Self.lastName(place)).error.json")
        }
    }

    private static func lastName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? "study"
    }
}
