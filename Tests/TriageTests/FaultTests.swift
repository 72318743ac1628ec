import Foundation
import Platform
import StationConfiguration
import Synchronization
import TestDeadlines
import Testing
import Triage

/// System calls that fail as ordered, and jumps of the clock: each is survived, said, and made good.
@Suite(.serialized) struct FaultTests {
    let folder: TriageFolder

    init() throws { folder = try TriageFolder() }

    private func run(
        _ surroundings: Surroundings, _ configuration: TriageConfiguration? = nil,
        _ body: @Sendable (TriageDaemon) async throws -> Void
    ) async throws { try await folder.run(configuration, surroundings: surroundings, body) }

    private func end(_ count: Int) async throws {
        try await eventually("\(count) jobs at their end", within: 60) {
            folder.observer.heard.announced.count >= count
        }
    }

    /// Every study once in the outbox, once announced, completed, and nothing left over.
    private func expectAllDone(_ names: [String]) {
        #expect(folder.results == names.sorted())
        let announced = folder.observer.heard.announced
        #expect(announced.map(\.job.study).sorted() == names.sorted())
        #expect(announced.allSatisfy { $0.job.state.name == .completed && !$0.mayBeRepeated })
        #expect(folder.leftovers.isEmpty)
        #expect(folder.names(folder.folders.inbox) == ["stat", "urgent"])
        #expect(folder.names(folder.folders.archive).count == names.count)
    }

    /// One call fails, once, wherever it comes in a study's way.
    @Test(arguments: [ENOSPC, EIO, EMFILE, EINTR, EROFS])
    func anyCallMayFailOnce(_ code: Int32) async throws {
        let faults = FaultyCalls()
        // Counted first: the calls that a daemon makes for one study.
        var names: [String] = []
        try await run(Surroundings(calls: faults.calls)) { _ in
            try folder.drop("s0.nii", "s0")
            try await end(1)
        }
        names.append("s0")
        let count = faults.made
        #expect(count > 5)
        for place in 1...count {
            faults.fail(with: code, at: place)
            let name = "s\(place)"
            let done = names.count
            // A daemon may not begin when the disk fails at that moment; the service manager starts another.
            for _ in 0..<3 {
                do {
                    try await run(Surroundings(calls: faults.calls)) { _ in
                        try folder.drop("\(name).nii", name)
                        try await end(done + 1)
                    }
                    break
                } catch is SystemCallError {} catch is TriageError {}
            }
            names.append(name)
            #expect(folder.observer.heard.announced.count == names.count, "call \(place) failing with \(code)")
        }
        expectAllDone(names)
    }

    /// A disk that is full, read-only, broken or out of descriptors for a while, in the middle of many studies.
    @Test(arguments: [ENOSPC, EIO, EMFILE, EROFS])
    func aBadTimeIsWaitedOut(_ code: Int32) async throws {
        let faults = FaultyCalls()
        let names = (0..<12).map { "s\($0)" }
        try await run(Surroundings(calls: faults.calls)) { daemon in
            for name in names.prefix(6) { try folder.drop("\(name).nii", name) }
            try await end(1)
            faults.failAlways(with: code)
            for name in names.dropFirst(6) { try folder.drop("\(name).nii", name) }
            try await eventually("trouble that is said", within: 30) {
                try await daemon.status().troubles.isEmpty == false
            }
            #expect(folder.names(folder.folders.failed).isEmpty)
            faults.failNever()
            try await end(names.count)
            try await eventually("no trouble any more", within: 30) { try await daemon.status().troubles.isEmpty }
        }
        expectAllDone(names)
    }

    /// Results that were whole when the outbox became read-only are there once it is writable, whoever is alive by then.
    @Test func aReadOnlyOutboxKeepsNoResultAndNoDaemonFromBeginning() async throws {
        let faults = FaultyCalls()
        var calls = faults.calls
        let renameNew = calls.renameNew
        let isReadOnly = Mutex(true)
        calls.renameNew = { from, to in
            if isReadOnly.withLock({ $0 }) {
                errno = EROFS
                return -1
            }
            return renameNew(from, to)
        }
        let surroundings = Surroundings(calls: calls)
        try await run(surroundings) { daemon in
            try folder.drop("scan.nii", "x")
            try await eventually("trouble") { try await daemon.status().troubles.isEmpty == false }
        }
        try await run(surroundings) { daemon in
            try await eventually("trouble") { try await daemon.status().troubles.isEmpty == false }
            #expect(try await daemon.job(JobID(rawValue: 1)).state.name == .delivering)
            isReadOnly.withLock { $0 = false }
            try await end(1)
        }
        expectAllDone(["scan"])
        // Delivered, not analysed again.
        #expect(folder.observer.heard.started.count == 1)
    }

    /// One file that the disk does not give holds up no other, and fails with its reason.
    @Test func aFileThatCannotBeHadFailsAlone() async throws {
        var calls = FileSystemCalls.system
        let rename = calls.renameFile
        calls.renameFile = { from, to in
            if from.hasSuffix("/inbox/broken.nii") && to.contains("/archive/") {
                errno = EIO
                return -1
            }
            return rename(from, to)
        }
        try await run(Surroundings(calls: calls, filePatience: .seconds(2))) { _ in
            try folder.drop("broken.nii", "1")
            try await eventually("a try") { !folder.names(folder.folders.inbox).isEmpty }
            for name in ["a", "b"] { try folder.drop("\(name).nii", name) }
            try await end(3)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
        }
        #expect(folder.results == ["a", "b"])
        #expect(folder.observer.heard.announced.last?.job.study == "broken")
        #expect(folder.text(folder.folders.failed + "/broken.nii.error.json")?.contains("\"files\"") == true)
    }

    @Test func foldersThatVanishAreMadeAgain() async throws {
        try await folder.run { _ in
            for name in ["archive", "failed", "outbox"] {
                // Someone may write into it while it is being removed.
                try await eventually("\(name) is gone") {
                    (try? FileManager.default.removeItem(atPath: folder.root + "/" + name)) != nil
                }
            }
            try folder.drop("scan.nii", "x")
            try folder.drop("bad.nii", "y")
            try await end(2)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
        }
        #expect(folder.results == ["scan"] && folder.names(folder.folders.archive) == ["1_scan.nii"])
    }

    /// Forwards and backwards by days, with studies waiting for another attempt.
    @Test(arguments: [400 * 86400.0, -400 * 86400.0])
    func theClockMayJump(_ leap: Double) async throws {
        let offset = Mutex(0.0)
        let surroundings = Surroundings(now: { WallClock.now + offset.withLock { $0 } })
        var configuration = folder.configuration
        configuration.retrySeconds = 0.5
        configuration.keepResultsDays = 30
        try await run(surroundings, configuration) { _ in
            try folder.drop("full.nii", "1")
            try await eventually("a first attempt") { !folder.observer.heard.started.isEmpty }
            offset.withLock { $0 = leap }
            try folder.drop("scan.nii", "2")
            try await end(2)
        }
        #expect(Set(folder.observer.heard.announced.map(\.job.study)) == ["full", "scan"])
        // A daemon that begins in a year that cannot be right removes nothing.
        offset.withLock { $0 += abs(leap) }
        try await run(surroundings, configuration) { _ in
            try folder.drop("next.nii", "3")
            try await end(3)
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(folder.results == ["next", "scan"])
    }

    @Test func oldResultsGoWhenTheClockIsRight() async throws {
        let offset = Mutex(0.0)
        let surroundings = Surroundings(now: { WallClock.now + offset.withLock { $0 } })
        var configuration = folder.configuration
        configuration.keepResultsDays = 5
        try await run(surroundings, configuration) { _ in
            try folder.drop("scan.nii", "x")
            try await end(1)
            try await eventually("filing") { folder.names(folder.folders.archive).count == 1 }
        }
        offset.withLock { $0 = 6 * 86400 }
        try await run(surroundings, configuration) { _ in
            try await eventually("an empty outbox") { folder.results.isEmpty }
        }
    }

    /// Failed and cancelled jobs, each with its file. What is younger stays, and a result, and what a person has put beside them.
    @Test func oldFailuresAndArchivedFilesGo() async throws {
        let offset = Mutex(0.0)
        let surroundings = Surroundings(now: { WallClock.now + offset.withLock { $0 } })
        var configuration = folder.configuration
        configuration.keepFailuresDays = 5
        try await run(surroundings, configuration) { daemon in
            for name in ["scan.nii", "bad.nii"] { try folder.drop(name, name) }
            try await end(2)
            try await daemon.pause()
            try folder.drop("wrong.nii", "wrong")
            try await eventually("it waits") { folder.observer.heard.queued.count == 3 }
            try await daemon.cancel(JobID(rawValue: 3))
            try await daemon.resume()
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
        }
        try Data().write(to: URL(fileURLWithPath: folder.folders.failed + "/note.txt"))
        offset.withLock { $0 = 4 * 86400 }
        try await run(surroundings, configuration) { _ in
            try folder.drop("bad-2.nii", "younger")
            try await end(3)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 5 }
        }
        #expect(folder.names(folder.folders.archive).count == 2)
        offset.withLock { $0 = 6 * 86400 }
        try await run(surroundings, configuration) { daemon in
            try await eventually("old failures are gone") { folder.names(folder.folders.failed).count == 3 }
            try await eventually("the file of the cancelled job is gone") {
                folder.names(folder.folders.archive).count == 1
            }
            #expect(try await daemon.jobs().map(\.study).sorted() == ["bad-2", "scan"])
        }
        #expect(folder.names(folder.folders.failed) == ["bad-2.nii", "bad-2.nii.error.json", "note.txt"])
        configuration.keepArchiveDays = 5
        try await run(surroundings, configuration) { _ in
            try await eventually("an empty archive") { folder.names(folder.folders.archive).isEmpty }
        }
        #expect(folder.results == ["scan"])
    }

    /// The marks of repetitions do not depend on the time of day.
    @Test func repetitionsAreMarkedWhateverTheClockSays() async throws {
        let offset = Mutex(86400.0)
        let surroundings = Surroundings(now: { WallClock.now + offset.withLock { $0 } })
        folder.observer.refuse(.max)
        try await run(surroundings) { daemon in
            try folder.drop("scan.nii", "x")
            try await eventually("a result") { folder.results == ["scan"] }
            try await eventually("completion") { try await daemon.job(JobID(rawValue: 1)).state.name == .completed }
        }
        folder.observer.refuse(0)
        offset.withLock { $0 = 0 }
        try await run(surroundings) { _ in try await end(1) }
        #expect(folder.observer.heard.announced.map(\.mayBeRepeated) == [true])
    }
}

@Suite struct ClockWatchTests {
    private let start = ContinuousClock.now

    @Test func aLeapWithinAProcessIsSeen() {
        var watch = ClockWatch()
        #expect(watch.look(time: 1000, instant: start, stored: nil) == nil)
        #expect(watch.look(time: 4600, instant: start + .seconds(3600), stored: 1000) == nil)
        #expect(watch.isTrusted(at: start + .seconds(3600)))
        #expect(watch.look(time: 1e9, instant: start + .seconds(7200), stored: 4600) != nil)
        #expect(!watch.isTrusted(at: start + .seconds(7200)))
        #expect(watch.isTrusted(at: start + .seconds(7200 + 86400)))
    }

    @Test func betweenProcessesAHolidayIsNoLeap() {
        var watch = ClockWatch()
        #expect(watch.look(time: 10 * 86400, instant: start, stored: 0) == nil)
        var other = ClockWatch()
        #expect(other.look(time: 15 * 86400, instant: start, stored: 0) != nil)
        var back = ClockWatch()
        #expect(back.look(time: 0, instant: start, stored: 3 * 3600) != nil)
    }
}
