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
    let memory: MemoryAdmission
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
        defer { memory.settle(job.id) }
        let start = ContinuousClock.now
        var heard = start
        var cancelledAt: ContinuousClock.Instant?
        var deferral = Self.notEnoughMemory
        for await event in worker.events {
            switch event {
            case .message(let message):
                heard = .now
                if case .needs(job.id.rawValue, let bytes) = message {
                    deferral = admit(bytes)
                } else if case .deferred(job.id.rawValue) = message {
                    return deferral
                } else if let outcome = await outcome(of: message) {
                    return outcome
                }
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

    private static let notEnoughMemory = StudyOutcome.deferred(because: "There is not enough memory at the moment.")

    /// Lets the study begin where it fits into memory. What becomes of it when it may not.
    private func admit(_ bytes: UInt64) -> StudyOutcome {
        let answer = memory.admit(job.id, bytes: bytes) { [worker] in worker.residentBytes }
        _ = worker.send(.admission(job: job.id.rawValue, granted: answer == .granted))
        guard case .never(let total) = answer else { return Self.notEnoughMemory }
        return .failed(
            WorkerFailure(
                code: "tooLarge",
                message:
                    "The study needs about \(bytes >> 20) MiB of memory, and all that there is are \(total >> 20) MiB.",
                detail: "Machine and control group together, swap included.", isTransient: false))
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
            failure = tooMuchMemory(settings.workerMemory, held: resident)
        } else {
            return nil
        }
        _ = await worker.stop()
        return .lost(failure)
    }

    private func tooMuchMemory(_ limit: UInt64, held: UInt64) -> JobFailure {
        JobFailure(
            code: "memory", message: "The analysis took more than \(limit >> 20) MiB of memory and was stopped.",
            detail: "\(held >> 20) MiB")
    }

    private func lost(_ reason: String) async -> StudyOutcome {
        let end = await worker.endOfItsOwn()
        let limit = settings().workerMemory
        // One that grows faster than anybody looks runs into its own limit, and what it makes of that looks like a crash.
        if let end, end.peakBytes > limit { return .lost(tooMuchMemory(limit, held: end.peakBytes)) }
        return .lost(
            JobFailure(
                code: "workerCrashed", message: "The worker process ended in the middle of the analysis.",
                detail: end.map { "\($0)" } ?? reason))
    }
}
