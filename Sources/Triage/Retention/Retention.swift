import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Synchronization

/// Lets go of what is old, and watches the free space: below the floor nothing more is taken in.
final class Retention: Service {
    private let store: JobStore
    private let folders: FolderLayout
    private let settings: @Sendable () -> TriageConfiguration
    private let freeBytes: @Sendable (String) -> UInt64?
    private let logger: Logger
    private let isFull = Mutex(false)
    private let clock = Mutex(ClockWatch())
    private let moves: FileMoves
    private let worklist: Doorbell

    /// Seconds between two looks for what is old.
    private static let period = 3600.0
    private static let clockKey = "clockSeen"

    init(
        store: JobStore, folders: FolderLayout, moves: FileMoves, worklist: Doorbell, logger: Logger,
        freeBytes: @escaping @Sendable (String) -> UInt64? = { FileFacts.freeBytes(in: $0) },
        settings: @escaping @Sendable () -> TriageConfiguration
    ) {
        self.store = store
        self.folders = folders
        self.moves = moves
        self.worklist = worklist
        self.logger = logger
        self.freeBytes = freeBytes
        self.settings = settings
    }

    /// Whether there is room for more; says so when that changes.
    var hasRoom: Bool {
        let floor = settings().freeSpaceFloor
        let short = Set([folders.outbox, folders.archive, folders.state]).first { folder in
            freeBytes(folder).map { $0 < floor } ?? false
        }
        let changed = isFull.withLock { isFull in
            defer { isFull = short != nil }
            return isFull != (short != nil)
        }
        if changed, let short {
            logger.error(
                "Less than \(floor >> 20) MiB are free: no more studies are taken in.", metadata: ["folder": "\(short)"]
            )
        } else if changed {
            logger.notice("There is enough free space again.")
        }
        return short == nil
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { if try await self.clockIsTrusted() { try await self.removeOld() } } catch  where Task.isCancelled {
                } catch {
                    self.logger.error("What is old cannot be removed now: \(error)")
                }
                try? await Task.sleep(for: .seconds(Self.period), tolerance: .seconds(60))
            }
        }
        // Jobs may have ended since the last look, by a clock that the next process must know of. Not cancelled with this task.
        await Task { [store] in try? await store.set(Self.clockKey, to: "\(store.now())") }.value
    }

    private func clockIsTrusted() async throws -> Bool {
        let (time, instant) = (store.now(), ContinuousClock.now)
        let stored = try await store.setting(Self.clockKey).flatMap(Double.init)
        let leap = clock.withLock { $0.look(time: time, instant: instant, stored: stored) }
        if let leap { logger.warning("\(leap)") }
        try await store.set(Self.clockKey, to: "\(time)")
        return clock.withLock { $0.isTrusted(at: instant) }
    }

    /// Results, archived files and failures beyond their time. The database goes first: what it does not know is never shown.
    func removeOld() async throws {
        let settings = settings()
        let now = store.now()
        if settings.keepResultsDays > 0 {
            let folders = try await store.forgetResults(finishedBefore: now - settings.keepResultsDays * 86400)
            for folder in folders { moves.removeTree(self.folders.outbox + "/" + folder) }
            if !folders.isEmpty { worklist.ring() }
        }
        if settings.keepArchiveDays > 0 {
            for input in try await store.archivedInputs(finishedBefore: now - settings.keepArchiveDays * 86400) {
                // Never what a person has put somewhere.
                if input.hasPrefix(folders.archive + "/") { try moves.remove(input) }
            }
        }
        if settings.keepFailuresDays > 0 {
            let inputs = try await store.forgetFailures(finishedBefore: now - settings.keepFailuresDays * 86400)
            for input in inputs where input.hasPrefix(folders.failed + "/") {
                try moves.remove(input)
                try moves.remove(input + ".error.json")
            }
            // Of a job that was cancelled.
            for input in inputs where input.hasPrefix(folders.archive + "/") { try moves.remove(input) }
            if !inputs.isEmpty { worklist.ring() }
        }
    }
}
