import Foundation
import Platform
import PluginTestSupport
import StationConfiguration
import Synchronization
import TestDeadlines
import Testing
import Triage

/// A daemon with the real worker and a plugin that does it harm with one study, and none with the next.
@Suite(.serialized) struct PluginFaultTests {
    let folder: TriageFolder
    let plugins: PluginFolder
    let log = RecordedLog()

    init() throws {
        folder = try TriageFolder()
        plugins = try PluginFolder()
    }

    private func run(
        _ fault: ThresholdPlugin.Fault, memory: @escaping @Sendable () -> SystemMemory = { .now },
        _ body: @Sendable (TriageDaemon) async throws -> Void
    ) async throws {
        _ = try ThresholdPlugin(fault, in: plugins.url)
        var configuration = folder.configuration
        configuration.pluginFolder = plugins.url.path
        configuration.threads = 1
        configuration.maximumAttempts = 2
        configuration.workerMemory = 1 << 30
        configuration.deadlineSeconds = fault == .stalls ? 3 : 120
        configuration.heartbeatSeconds = 120
        let worker = WorkerProgram(
            path: TriageFolder.product("lungtriage-worker"), arguments: configuration.workerArguments)
        try await folder.run(
            configuration, program: worker, logger: log.logger, surroundings: Surroundings(memory: memory), body)
    }

    @Test(arguments: [ThresholdPlugin.Fault.crashes, .stalls, .leaks])
    func aPluginThatHarmsItsWorkerCostsOneStudy(_ fault: ThresholdPlugin.Fault) async throws {
        try await run(fault) { _ in
            try folder.dropScan("bad.nii.gz", slices: ThresholdPlugin.faultySlices)
            try await folder.end(1, log: log)
            try folder.dropScan("good.nii.gz", slices: 10)
            try await folder.end(2, log: log)
        }
        let heard = folder.observer.heard.announced
        guard case .quarantined(let failure) = heard[0].job.state else {
            Issue.record("\(heard[0].job.state); the log: \(log.lines)")
            return
        }
        let codes: [ThresholdPlugin.Fault: String] = [.stalls: "deadline", .leaks: "memory"]
        #expect(failure.code == codes[fault] ?? "workerCrashed", "\(failure)")
        #expect(folder.results == ["good"], "\(log.lines)")
        #expect(folder.leftovers.isEmpty)
    }

    /// What failed is the device, so the next worker may find another one, or this one well.
    @Test func aDeviceThatFailsCostsTheWorker() async throws {
        try await run(.deviceFails) { _ in
            try folder.dropScan("bad.nii.gz", slices: ThresholdPlugin.faultySlices)
            try await folder.end(1, log: log)
            try folder.dropScan("good.nii.gz", slices: 10)
            try await folder.end(2, log: log)
        }
        guard case .failed(let failure) = folder.observer.heard.announced[0].job.state else {
            Issue.record("\(folder.observer.heard.announced[0].job.state); the log: \(log.lines)")
            return
        }
        #expect(failure.code == "device" && failure.message == "The device is gone.", "\(failure)")
        #expect(folder.results == ["good"], "\(log.lines)")
        // One for each of the two attempts, and one for the next study.
        #expect(log.lines.count { $0.contains("A worker is ready") } == 3, "\(log.lines)")
    }

    /// Wrong labels are the study's failure; the worker stays.
    @Test func aPluginThatWritesNonsenseIsNotBelieved() async throws {
        try await run(.unknownLabel) { _ in
            try folder.dropScan("bad.nii.gz", slices: 10)
            try await folder.end(1, log: log)
        }
        guard case .failed(let failure) = folder.observer.heard.announced[0].job.state else {
            Issue.record("\(folder.observer.heard.announced[0].job.state); the log: \(log.lines)")
            return
        }
        #expect(failure.message.contains("7"), "\(failure)")
        #expect(folder.results == [])
        #expect(log.lines.count { $0.contains("A worker is ready") } == 1)
    }

    @Test func aStudyWaitsForMemoryAndOthersDoNot() async throws {
        let gigabytes = Mutex<UInt64>(8)
        let memory: @Sendable () -> SystemMemory = {
            SystemMemory(total: 128 << 30, available: gigabytes.withLock { $0 } << 30)
        }
        try await run(.needsMuch, memory: memory) { daemon in
            try folder.dropScan("big.nii.gz", slices: ThresholdPlugin.faultySlices)
            try await eventually("a study that waits; the log: \(log.lines)", within: 60) {
                log.lines.contains { $0.contains("not enough memory") }
            }
            try folder.dropScan("small.nii.gz", slices: 10)
            try await folder.end(1, log: log)
            let job = try await daemon.job(JobID(rawValue: 1))
            // It is asked for again and again, and no attempt counts.
            #expect(!job.state.name.isFinal && job.attempts <= 1)
            gigabytes.withLock { $0 = 100 }
            try await folder.end(2, log: log)
        }
        #expect(folder.observer.heard.announced.map(\.job.study) == ["small", "big"])
        #expect(folder.results == ["big", "small"])
    }

    @Test func aStudyThatNeverFitsFailsAtOnce() async throws {
        let memory: @Sendable () -> SystemMemory = { SystemMemory(total: 16 << 30, available: 8 << 30) }
        try await run(.needsMuch, memory: memory) { _ in
            try folder.dropScan("big.nii.gz", slices: ThresholdPlugin.faultySlices)
            try await folder.end(1, log: log)
            try folder.dropScan("small.nii.gz", slices: 10)
            try await folder.end(2, log: log)
        }
        guard case .failed(let failure) = folder.observer.heard.announced[0].job.state else {
            Issue.record("\(folder.observer.heard.announced[0].job.state)")
            return
        }
        #expect(failure.code == "tooLarge" && failure.message.contains("16384 MiB"), "\(failure)")
        #expect(folder.results == ["small"])
    }
}
