import Foundation
import Synchronization

/// Whose turn it is: hands out jobs to devices, one at a time each, and can be paused.
final class JobQueue: Sendable {
    private let store: JobStore
    private let outbox: Outbox
    /// Rings when there may be something to do.
    let bell = Doorbell()
    private let paused: Mutex<Bool>
    private let answered: @Sendable (JobID) async -> Void

    private static let pausedKey = "isPaused"

    init(
        store: JobStore, outbox: Outbox, answered: @escaping @Sendable (JobID) async -> Void
    ) async throws(TriageError) {
        self.store = store
        self.outbox = outbox
        self.answered = answered
        paused = Mutex(try await store.setting(Self.pausedKey) == "true")
    }

    var isPaused: Bool { paused.withLock { $0 } }

    /// Outlives the process: who has paused the queue does not expect a restart to undo it.
    func setPaused(_ isPaused: Bool) async throws(TriageError) {
        try await store.set(Self.pausedKey, to: isPaused ? "true" : "false")
        paused.withLock { $0 = isPaused }
        bell.ring()
    }

    /// Waits for a job. Nil when the task is cancelled. Throws `TriageError`.
    func next() async throws(TriageError) -> RunningJob? {
        while !Task.isCancelled {
            if isPaused {
                await bell.wait()
                continue
            }
            let staging = String(UInt64.random(in: .min ... .max), radix: 36)
            let outbox = outbox
            switch try await store.takeTurn(staging: staging, isFree: { outbox.isFree($0) }) {
            case .run(let job): return job
            case .answered(let job): await answered(job)
            case .wait(let until):
                // A wait that the clock makes long is looked at again before.
                let seconds = until.map { [store] in min(max($0 - store.now(), 0.05), 30) }
                await bell.wait(seconds: seconds)
            }
        }
        return nil
    }
}
