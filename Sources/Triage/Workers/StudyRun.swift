import Foundation
import Platform
import StationConfiguration
import WorkerLink

/// One study on one worker, from the request to its outcome, with everything that may go wrong in between: a worker that dies,
/// says nothing any more, takes too long, or takes too much memory.
struct StudyRun: Sendable {
    let job: RunningJob
    let worker: WorkerConnection
    let destination: String
    let settings: @Sendable () -> TriageConfiguration
    /// Whether someone has asked for the job to be cancelled.
    let isCancelled: @Sendable () -> Bool
    let report: @Sendable (JobProgress) async -> Void
    let log: @Sendable (_ warning: Bool, String) -> Void

    /// Seconds between looks at memory and clocks.
    private static let tick = 0.5
    /// A worker that was asked to leave a study gets so long.
    private static let cancelGrace = Duration.seconds(10)

    /// Ends when the worker answered or is gone. A worker that has to be stopped is gone after it.
    func outcome() async -> StudyOutcome {
        let request = AnalysisRequest(
            job: job.id.rawValue, input: job.input, study: job.folder, destination: destination)
        let file: OpenFile
        do {
            file = try await Self.disk.run { [input = job.input] in try OpenFile(reading: input) }
        } catch let error as SystemCallError where [EMFILE, ENFILE, ENOMEM].contains(error.code) {
            // Not the study's fault, and no attempt at it.
            return .deferred(because: "The machine has no more descriptors or memory: \(error.cause ?? error.message)")
        } catch {
            return .failed(unreadable(error))
        }
        guard worker.send(.analyze(request), with: file) else { return await lost("it takes no requests") }
        worker.startTicking(every: Self.tick)
        defer { worker.stopTicking() }
        let start = ContinuousClock.now
        var heard = start
        var cancelledAt: ContinuousClock.Instant?
        for await event in worker.events {
            switch event {
            case .message(let message):
                heard = .now
                if let outcome = await outcome(of: message) { return outcome }
            case .lost(let reason): return await lost(reason)
            case .tick:
                if let excess = await excess(since: start, heard: heard) { return excess }
                if cancelledAt == nil, isCancelled() {
                    cancelledAt = .now
                    _ = worker.send(.cancel(job: job.id.rawValue))
                }
                if let asked = cancelledAt, .now - asked > Self.cancelGrace {
                    _ = await worker.stop()
                    return .cancelled
                }
            }
        }
        // The task was cancelled: the daemon stops. A study may take minutes, so it is begun anew after the restart.
        _ = await worker.stop()
        return .interrupted
    }

    /// A worker can open no files but its plugins' own.
    private static let disk = BlockingCalls("studies")

    private func unreadable(_ error: any Error) -> WorkerFailure {
        let error = error as? SystemCallError
        return WorkerFailure(
            code: "badInput", message: "The file cannot be read.", detail: error?.cause ?? error?.message,
            // A disk may do better another time; a file that is gone stays gone.
            isTransient: error?.code != ENOENT && error?.code != ELOOP)
    }

    private func outcome(of message: WorkerMessage) async -> StudyOutcome? {
        let own = job.id.rawValue
        switch message {
        case .finished(own, let summary): return .finished(summary.fromWorker)
        case .failed(own, let failure): return .failed(failure.fromWorker)
        case .cancelled(own): return .cancelled
        case .deferred(own): return .deferred(because: "There is not enough memory at the moment.")
        case .needs(own, let bytes):
            // Half a gigabyte stays for everything else on the machine; where nothing is known, trying is better than waiting.
            let granted = FileFacts.availableMemory.map { bytes <= $0 - min($0, 512 << 20) } ?? true
            _ = worker.send(.admission(job: own, granted: granted))
            return nil
        case .progress(own, let stage, let share, let left):
            await report(JobProgress(stage: stage, claimedShare: share, claimedSecondsLeft: left))
            return nil
        case .log(let warning, let text):
            log(warning, text.fromWorker)
            return nil
        case .heartbeat, .ready: return nil
        case .finished, .failed, .cancelled, .deferred, .needs, .progress:
            // Of an earlier study, which was given up.
            return nil
        }
    }

    /// Stops a worker that is beyond a limit, and says which.
    private func excess(
        since start: ContinuousClock.Instant, heard: ContinuousClock.Instant
    ) async -> StudyOutcome? {
        let settings = settings()
        let resident = worker.residentBytes
        let failure: JobFailure
        if .now - start > .seconds(settings.deadlineSeconds) {
            failure = JobFailure(
                code: "deadline",
                message: "The analysis took longer than \(settings.deadlineSeconds) s and was stopped.")
        } else if .now - heard > .seconds(settings.heartbeatSeconds) {
            failure = JobFailure(
                code: "noHeartbeat",
                message: "The worker gave no sign of life for \(settings.heartbeatSeconds) s and was stopped.")
        } else if resident > settings.workerMemory {
            failure = JobFailure(
                code: "memory",
                message: "The analysis took more than \(settings.workerMemory >> 20) MiB of memory and was stopped.",
                detail: "\(resident >> 20) MiB")
        } else {
            return nil
        }
        _ = await worker.stop()
        return .lost(failure)
    }

    private func lost(_ reason: String) async -> StudyOutcome {
        let end = await worker.endOfItsOwn()
        return .lost(
            JobFailure(
                code: "workerCrashed", message: "The worker process ended in the middle of the analysis.",
                detail: end.map { "\($0)" } ?? reason))
    }
}
