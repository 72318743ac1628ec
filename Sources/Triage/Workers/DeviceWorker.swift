import Foundation
import Logging
import Platform
import ServiceLifecycle
import StationConfiguration
import Synchronization
import WorkerLink

/// One device at work: takes jobs from the queue and has them done by a worker process that stays warm.
final class DeviceWorker: Service {
    /// Its place among the daemon's, from 0.
    private let number: Int
    private let program: WorkerProgram
    private let queue: JobQueue
    private let store: JobStore
    private let outbox: Outbox
    private let settings: @Sendable () -> TriageConfiguration
    private let hub: JobHub
    private let memory: MemoryAdmission
    /// Whole results that an earlier process could not bring to their place any more.
    private let undelivered: [DeliveringJob]
    private let logger: Logger
    private let worker = Mutex<WarmWorker?>(nil)
    private let pause = Mutex(DeviceWorker.shortestPause)

    /// A worker, and the staging folder that it has bound itself to: it can write into no other, of the same name or not.
    private struct WarmWorker {
        let connection: WorkerConnection
        let staging: FileFacts.Node
    }

    /// Rings when the daemon stops: then nothing is tried again, and the next start finds in the database how far it came.
    private let stopping = Doorbell()
    private let isStopping = Mutex(false)

    private static let shortestPause = 0.5
    /// Seconds until another worker is tried.
    private var workerPause: Double {
        get { pause.withLock { $0 } }
        set { pause.withLock { $0 = newValue } }
    }

    init(
        number: Int, program: WorkerProgram, queue: JobQueue, store: JobStore, outbox: Outbox, hub: JobHub,
        settings: @escaping @Sendable () -> TriageConfiguration, undelivered: [DeliveringJob],
        memory: MemoryAdmission, logger: Logger
    ) {
        self.number = number
        self.program = program
        self.queue = queue
        self.store = store
        self.outbox = outbox
        self.hub = hub
        self.settings = settings
        self.undelivered = undelivered
        self.memory = memory
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                await self.serve()
            } onCancel: {
                self.isStopping.withLock { $0 = true }
                self.stopping.ring()
            }
        }
    }

    private func serve() async {
        // Weights are ready before the first study comes.
        async let warm = try? self.warmWorker()
        for job in self.undelivered { await self.deliverWhenPossible(job) }
        _ = await warm
        while !Task.isCancelled {
            do {
                guard let job = try await self.queue.next() else { break }
                self.hub.troubles.settle(.queue)
                await self.work(on: job)
            } catch  where Task.isCancelled {
            } catch {
                self.hub.troubles.note(.queue, "\(error)")
                self.logger.error("Jobs cannot be had now, and will be: \(error)")
                try? await Task.sleep(for: .seconds(5))
            }
        }
        if let worker = self.worker.withLock({ $0 }) { await worker.connection.stop() }
    }

    // MARK: - The worker

    /// The worker that is there, or a new one. Throws `TriageError` when none can be started, `CancellationError`.
    private func warmWorker() async throws -> WorkerConnection {
        do {
            let staging = try await outbox.stagingNode()
            if let warm = worker.withLock({ $0 }), warm.connection.isRunning {
                if warm.staging == staging {
                    hub.troubles.settle(.worker(number))
                    return warm.connection
                }
                logger.notice("The outbox is another one now, and gets a worker of its own.")
                await warm.connection.stop()
            }
            let (worker, description) = try await program.start { [logger] warning, text in
                logger.log(level: warning ? .warning : .info, "\(text)")
            }
            self.worker.withLock { $0 = WarmWorker(connection: worker, staging: staging) }
            for refusal in description.refusals { logger.warning("A plugin was refused: \(refusal)") }
            logger.info(
                "A worker is ready on \(description.place), \(description.confinement?.text ?? "not confined").",
                metadata: ["worker": "\(worker.process)"])
            for sentence in description.confinement?.missing ?? [] {
                logger.warning("The worker is confined in part only: \(sentence).")
            }
            hub.workerReady(description, number: number)
            return worker
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.error("\(error)")
            hub.troubles.note(.worker(number), "\(error)")
            throw error as? TriageError ?? TriageError(.files, "There is no staging folder.", cause: "\(error)")
        }
    }

    private func drop() { worker.withLock { $0 = nil } }

    // MARK: - A study

    private func work(on job: RunningJob) async {
        var outcome = StudyOutcome.interrupted
        do {
            let worker = try await warmWorker()
            workerPause = Self.shortestPause
            await hub.started(job.id)
            outcome = await run(job, on: worker).outcome()
            if !worker.isRunning { drop() }
        } catch is TriageError {
            // Longer and longer: what keeps a worker from starting is seldom over in a moment.
            outcome = .noWorker(retry: workerPause)
            workerPause = min(workerPause * 2, 60)
        } catch {}
        // What happened must reach the database even though the daemon is about to stop.
        let end = outcome
        await Task { await self.settle(job, end) }.value
        hub.ended(job.id)
    }

    private func run(_ job: RunningJob, on worker: WorkerConnection) -> StudyRun {
        StudyRun(
            job: job, worker: worker, destination: outbox.stagingPath(job.staging), settings: settings, memory: memory,
            isCancelled: { [hub] in hub.isCancelled(job.id) },
            report: { [hub] in await hub.progressed(job.id, $0) },
            log: { [logger] warning, text in
                logger.log(level: warning ? .warning : .info, "\(text)", metadata: ["job": "\(job.id)"])
            })
    }

    /// Writes an outcome down; not before that has succeeded is the next job taken.
    private func settle(_ job: RunningJob, _ outcome: StudyOutcome) async {
        var pause = 0.5
        while true {
            do {
                try await record(job, outcome)
                return
            } catch let error as TriageError where error.code == .wrongState {
                logger.error("A job changed under way: \(error)", metadata: ["job": "\(job.id)"])
                return
            } catch  where isStopping.withLock({ $0 }) {
                return
            } catch {
                logger.error(
                    "An outcome cannot be written down, and will be: \(error)", metadata: ["job": "\(job.id)"])
                await stopping.wait(seconds: pause)
                pause = min(pause * 2, 10)
            }
        }
    }

    private func record(_ job: RunningJob, _ outcome: StudyOutcome) async throws {
        if case .finished(let summary) = outcome {
            return try await deliver(try await store.deliver(job, summary))
        }
        await outbox.discard(staging: job.staging)
        switch outcome {
        case .finished: return
        case .failed(let failure) where failure.isTransient && job.attempt < settings().maximumAttempts:
            try await store.requeue(job, after: backOff(job), countsAttempt: true)
            await hub.waits(job.id, because: failure.message)
        case .failed(let failure):
            try await store.fail(
                job, JobFailure(code: failure.code, message: failure.message, detail: failure.detail))
            await hub.cameToEnd(job.id)
        case .cancelled:
            try await store.cancel(job)
            await hub.cameToEnd(job.id)
        case .deferred(let reason):
            try await store.requeue(job, after: min(15, settings().retrySeconds), countsAttempt: false)
            await hub.waits(job.id, because: reason)
        case .noWorker(let pause):
            try await store.requeue(job, after: pause, countsAttempt: false)
            await hub.waits(job.id, because: "No worker can be started.")
        case .interrupted:
            try await store.requeue(job, countsAttempt: false)
        case .lost(let failure) where job.attempt < settings().maximumAttempts:
            logger.warning("\(failure.message) It is tried again.", metadata: ["job": "\(job.id)"])
            hub.metrics.workerLost(failure.code)
            try await store.requeue(job, after: backOff(job), countsAttempt: true)
            await hub.waits(job.id, because: failure.message)
        case .lost(let failure):
            hub.metrics.workerLost(failure.code)
            try await store.quarantine(
                job,
                JobFailure(
                    code: failure.code, message: "\(failure.message) (\(job.attempt) attempts)",
                    detail: failure.detail))
            await hub.cameToEnd(job.id)
        }
    }

    /// What a process that died has left; given up only when this one stops.
    private func deliverWhenPossible(_ job: DeliveringJob) async {
        while !Task.isCancelled {
            do { return try await deliver(job) } catch {
                logger.error("Results cannot be given out now, and will be: \(error)", metadata: ["job": "\(job.id)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Until the results have their place: they are whole, and worth more than another hour of work.
    private func deliver(_ job: DeliveringJob) async throws {
        var pause = 0.5
        while true {
            do {
                try await outbox.deliver(job)
                hub.troubles.settle(.outbox)
                return await hub.cameToEnd(job.id)
            } catch let error as SystemCallError where error.code == EEXIST || error.code == ENOENT {
                logger.error("Results cannot take their name; the study is analysed again: \(error)")
                await outbox.discard(staging: job.staging)
                return try await store.redo(job, after: 1)
            } catch let error as SystemCallError {
                logger.error("Results cannot be put into the outbox, and will be: \(error)")
                hub.troubles.note(.outbox, "\(error)")
                await stopping.wait(seconds: pause)
                pause = min(pause * 2, 10)
                if isStopping.withLock({ $0 }) { throw CancellationError() }
            }
        }
    }

    private func backOff(_ job: RunningJob) -> Double {
        min(settings().retrySeconds * Double(1 << min(job.attempt - 1, 10)), JobStore.longestBackOff / 2)
    }
}
