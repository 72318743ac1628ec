import Foundation
import PluginTestSupport
import StationConfiguration
import TestDeadlines
import Testing
import Triage
import WorkerLink

/// A daemon with the real worker, and a plugin in it that tries whatever a plugin must not (`hostile_attempts.c`).
@Suite(.serialized) struct ConfinementTests {
    let folder: TriageFolder
    let plugins: PluginFolder
    let log = RecordedLog()

    init() throws {
        folder = try TriageFolder()
        plugins = try PluginFolder()
        let outside = folder.root + "/state/outside"
        _ = try ThresholdPlugin(
            hostility: .init(secret: folder.folders.archive + "/1_first.nii.gz", outside: outside), in: plugins.url)
    }

    private var configuration: TriageConfiguration {
        var configuration = folder.configuration
        configuration.pluginFolder = plugins.url.path
        configuration.threads = 2
        return configuration
    }

    private func run(
        _ configuration: TriageConfiguration? = nil, program: WorkerProgram? = nil,
        _ body: @Sendable (TriageDaemon) async throws -> Void
    ) async throws {
        let configuration = configuration ?? self.configuration
        let real = WorkerProgram(
            path: TriageFolder.product("lungtriage-worker"), arguments: configuration.workerArguments)
        try await folder.run(configuration, program: program ?? real, logger: log.logger, body)
    }

    @Test func aHostilePluginIsStoppedAndStudiesAreAnalysed() async throws {
        try await run { daemon in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
            try folder.dropScan("second.nii.gz", seed: 2)
            try await folder.end(2, log: log)
            let status = try await daemon.status()
            #expect(status.workers.first?.confinement != nil)
        }
        #expect(folder.results == ["first", "second"], "\(log.lines)")
        let attempts = log.lines.filter { $0.contains("attempt ") }
        #expect(attempts.count >= 2 * 35, "\(log.lines)")
        let files = ["passwords", "study", "archive", "processes", "daemon_environment", "daemon_memory", "outside"]
        for line in attempts where Kernel.hasLandlock || !files.contains(where: line.contains) {
            #expect(line.contains("stopped"))
        }
        #expect(folder.names(folder.folders.archive) == ["1_first.nii.gz", "2_second.nii.gz"])
        #expect(!FileManager.default.fileExists(atPath: folder.root + "/state/outside"))
    }

    /// What the filter refuses stands in the daemon's log, with the job and the library that tried.
    @Test(.enabled(if: Kernel.filters, "the kernel filters no system calls"))
    func refusalsStandInTheLog() async throws {
        try await run { _ in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
            for call in ["socket", "clone", "ptrace", "execve", "io_uring_setup", "kill", "truncate", "rt_sigaction"] {
                try await eventually("a line on \(call); the log: \(log.lines)") {
                    log.lines.contains {
                        $0.contains("Refused: the system call \(call), tried by libthreshold.so.")
                    }
                }
            }
        }
        let refusals = log.lines.filter { $0.contains("Refused") }
        #expect(refusals.allSatisfy { $0.hasPrefix("warning") && $0.hasSuffix("job=1") }, "\(refusals)")
        // The second, the third socket are not reported again.
        #expect(refusals.count { $0.contains(" socket,") } == 1, "\(refusals)")
    }

    /// Threads that were there before the filter would be outside of it.
    @Test(.enabled(if: Kernel.filters, "the kernel filters no system calls"))
    func everyThreadIsConfined() async throws {
        try await run { _ in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
            let line = try #require(log.lines.first { $0.contains("A worker is ready") })
            let worker = try #require(line.split(separator: "worker=").last)
            let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task")
            #expect(tasks.count > 2)
            for task in tasks {
                let status = try String(contentsOfFile: "/proc/\(worker)/task/\(task)/status", encoding: .utf8)
                #expect(status.contains("\nSeccomp:\t2\n") && status.contains("\nNoNewPrivs:\t1\n"))
            }
        }
    }

    /// A worker is bound to the staging folder that it found.
    @Test func anOutboxThatIsMadeAnewGetsAWorkerOfItsOwn() async throws {
        try await run { _ in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
            try FileManager.default.moveItem(atPath: folder.folders.outbox, toPath: folder.root + "/former")
            try folder.dropScan("second.nii.gz", seed: 2)
            try await folder.end(2, log: log)
        }
        #expect(folder.results == ["second"], "\(log.lines)")
        #expect(log.lines.count { $0.contains("A worker is ready") } == 2)
    }

    /// A link in the inbox would have the daemon hand over what only the daemon may read.
    @Test func aLinkInPlaceOfAStudyIsNotFollowed() async throws {
        var configuration = configuration
        configuration.takenFiles = .keep
        let kept = configuration
        try await run(kept) { daemon in
            try await daemon.pause()
            try folder.dropScan("first.nii.gz", seed: 1)
            try await eventually("a job") { try await daemon.jobs().count == 1 }
            let place = folder.folders.inbox + "/first.nii.gz"
            try FileManager.default.moveItem(atPath: place, toPath: folder.root + "/elsewhere.nii.gz")
            try FileManager.default.createSymbolicLink(
                atPath: place, withDestinationPath: folder.root + "/elsewhere.nii.gz")
            try await daemon.resume()
            try await folder.end(1, log: log)
        }
        #expect(folder.results == [])
        guard case .failed(let failure) = folder.observer.heard.announced.first?.job.state else {
            Issue.record("not failed: \(log.lines)")
            return
        }
        #expect(failure.code == "badInput" && failure.detail?.contains("symbolic links") == true, "\(failure)")
    }

    // MARK: - A kernel without Landlock

    private func withoutLandlock(_ configuration: TriageConfiguration) throws -> WorkerProgram {
        let starter = try ThresholdPlugin.buildWithoutLandlock(in: URL(filePath: folder.root))
        return WorkerProgram(
            path: starter.path,
            arguments: [TriageFolder.product("lungtriage-worker")] + configuration.workerArguments)
    }

    @Test func withoutLandlockTheStationRunsOnAndSaysSo() async throws {
        try await run(program: try withoutLandlock(configuration)) { daemon in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
            let confinement = try #require(try await daemon.status().workers.first?.confinement)
            #expect(confinement.missing == ["the kernel has no Landlock: Function not implemented"])
            #expect(log.lines.contains { $0.hasPrefix("warning") && $0.contains("the kernel has no Landlock") })
        }
        #expect(folder.results == ["first"], "\(log.lines)")
        #expect(log.lines.contains { $0.contains("attempt internet: stopped") }, "\(log.lines)")
    }

    @Test func whereItIsRequiredNothingIsAnalysedWithoutIt() async throws {
        var configuration = configuration
        configuration.requiresConfinement = true
        let required = configuration
        try await run(required, program: try withoutLandlock(required)) { daemon in
            try await eventually("trouble; the log: \(log.lines)") {
                try await daemon.status().troubles.contains { $0.contains("RequireConfinement") }
            }
        }
        #expect(folder.results == [])
        // And with it everything goes as usual.
        try await run(required) { _ in
            try folder.dropScan("first.nii.gz", seed: 1)
            try await folder.end(1, log: log)
        }
        #expect(folder.results == ["first"] || !Kernel.hasLandlock, "\(log.lines)")
    }
}
