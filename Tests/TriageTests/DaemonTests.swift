import Foundation
import TestDeadlines
import Testing
import Triage
import WorkerLink

@Suite(.serialized) struct DaemonTests {
    let folder: TriageFolder

    init() throws { folder = try TriageFolder() }

    private func end(_ count: Int) async throws {
        try await eventually("\(count) jobs at their end", within: 60) {
            folder.observer.heard.announced.count >= count
        }
    }

    @Test func aFileInTheInboxBecomesAResult() async throws {
        try await folder.run { _ in
            try folder.drop("scan.nii.gz", "voxels")
            try await end(1)
        }
        #expect(folder.results == ["scan"])
        #expect(folder.text(folder.folders.outbox + "/scan/report.html") == "report of scan")
        #expect(folder.names(folder.folders.inbox) == ["stat", "urgent"])
        #expect(folder.names(folder.folders.archive) == ["1_scan.nii.gz"])
        #expect(folder.leftovers.isEmpty)
        let heard = folder.observer.heard
        #expect(heard.queued.map(\.rawValue) == [1] && heard.started.map(\.rawValue) == [1])
        #expect(heard.announced.first?.mayBeRepeated == false)
        guard case .completed(let study) = heard.announced.first?.job.state else {
            Issue.record("not completed")
            return
        }
        #expect(study.summary.triageLevel == .value("mild"))
    }

    @Test func whatLayThereBeforeIsTakenAsWell() async throws {
        try folder.drop("before.nii", "voxels")
        try await folder.run { _ in try await end(1) }
        #expect(folder.results == ["before"])
    }

    @Test func renamedAndSlowlyWrittenFilesAreTakenOnceEach() async throws {
        try await folder.run { _ in
            try folder.drop("renamed.nii.gz.part", "renamed")
            let inbox = folder.folders.inbox
            try FileManager.default.moveItem(atPath: inbox + "/renamed.nii.gz.part", toPath: inbox + "/renamed.nii.gz")
            let path = inbox + "/gradual.nii"
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            for piece in 0..<6 {
                try handle.write(contentsOf: Data("piece \(piece) ".utf8))
                // Longer than it takes a file to settle: the writer still has it open.
                try await Task.sleep(for: .milliseconds(250))
            }
            try handle.close()
            try await end(2)
        }
        #expect(folder.results == ["gradual", "renamed"])
        #expect(folder.text(folder.folders.outbox + "/gradual/severity.json") == "{\"bytes\": 48}")
    }

    @Test func uploadsInProgressAndOtherFilesStay() async throws {
        try await folder.run { _ in
            for name in [".hidden.nii", "a.nii.gz.filepart", "b.nii.tmp", "notes.txt", ".nii", "c.nii.part"] {
                try folder.drop(name, "x")
            }
            try folder.drop("last.nii", "y")
            try await end(1)
        }
        #expect(folder.results == ["last"])
        #expect(
            folder.names(folder.folders.inbox)
                == ["a.nii.gz.filepart", "b.nii.tmp", "c.nii.part", "notes.txt", "stat", "urgent"])
    }

    @Test func theMostUrgentComesFirst() async throws {
        try await folder.run { daemon in
            try await daemon.pause()
            try folder.drop("r.nii", "1")
            try await eventually("the first job") { try await daemon.jobs().count == 1 }
            try folder.drop("u.nii", "2", in: "urgent")
            try await eventually("the second job") { try await daemon.jobs().count == 2 }
            try folder.drop("s.nii", "3", in: "stat")
            // A job counts as queued from the moment its file is seen, but has its turn only once it is taken in.
            try await eventually("the third job") { folder.observer.heard.queued.count == 3 }
            #expect(try await daemon.status().queued == 3)
            #expect(try await daemon.status().activity == .paused)
            let changes = folder.observer.heard.statusChanges
            try await daemon.resume()
            #expect(folder.observer.heard.statusChanges > changes)
            try await end(3)
        }
        #expect(folder.observer.heard.announced.map(\.job.study) == ["s", "u", "r"])
    }

    /// The next one waits for the device that is free first.
    @Test func everyDeviceHasAStudyOfItsOwn() async throws {
        try await folder.run(devices: 2) { daemon in
            try await eventually("two workers") { try await daemon.status().workers.count == 2 }
            for name in ["hang-a", "hang-b"] { try folder.drop("\(name).nii", name) }
            try await eventually("both are begun") { folder.observer.heard.started.count == 2 }
            try folder.drop("next.nii", "next")
            try await eventually("it waits") { folder.observer.heard.queued.count == 3 }
            #expect(folder.observer.heard.started.count == 2)
            try await daemon.cancel(JobID(rawValue: 2))
            try await eventually("its result") { folder.results == ["next"] }
            #expect(try await daemon.job(JobID(rawValue: 1)).state.name == .running)
        }
    }

    @Test func withoutADeviceThereIsNoDaemon() async throws {
        await #expect(throws: TriageError.self) { try await folder.run(devices: 0) { _ in } }
    }

    @Test func theSameContentIsOneStudy() async throws {
        try await folder.run { _ in
            try folder.drop("first.nii.gz", "the same")
            try await end(1)
            try folder.drop("second.nii.gz", "the same")
            try await end(2)
        }
        #expect(folder.results == ["first"])
        guard case .completed(let study) = folder.observer.heard.announced.last?.job.state else {
            Issue.record("not completed")
            return
        }
        #expect(study.duplicateOf?.rawValue == 1 && study.folder == "first")
    }

    @Test func aNameThatIsTakenIsMadeUniqueByContent() async throws {
        try await folder.run { _ in
            try folder.drop("scan.nii", "one")
            try await end(1)
            try folder.drop("scan.nii", "two")
            try await end(2)
        }
        // printf two | sha256sum
        #expect(folder.results == ["scan", "scan_3fc4ccfe"])
        #expect(folder.text(folder.folders.outbox + "/scan_3fc4ccfe/report.html") == "report of scan_3fc4ccfe")
    }

    @Test func aFileThatCannotBeUsedLiesBesideItsReason() async throws {
        try await folder.run { daemon in
            try folder.drop("bad.nii.gz", "x")
            try await end(1)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
            let job = try await daemon.job(JobID(rawValue: 1))
            #expect(job.state.name == .failed && job.attempts == 1)
        }
        #expect(folder.names(folder.folders.failed) == ["bad.nii.gz", "bad.nii.gz.error.json"])
        let reason = try #require(folder.text(folder.folders.failed + "/bad.nii.gz.error.json"))
        #expect(reason.contains("\"code\" : \"badInput\"") && reason.contains("This is no CT."))
        #expect(folder.names(folder.folders.archive).isEmpty && folder.results.isEmpty)
    }

    @Test(arguments: ["crash", "hang", "silent", "leak", "garbage", "flood"])
    func aStudyThatKillsWorkersIsQuarantined(_ fault: String) async throws {
        var configuration = folder.configuration
        configuration.maximumAttempts = 2
        configuration.deadlineSeconds = fault == "hang" ? 1 : 60
        // Describing a crash takes the runtime a moment.
        configuration.heartbeatSeconds = fault == "silent" ? 2 : 60
        configuration.workerMemory = 200 << 20
        let code = ["hang": "deadline", "silent": "noHeartbeat", "leak": "memory"][fault] ?? "workerCrashed"
        try await folder.run(configuration) { daemon in
            try folder.drop("\(fault).nii", "x")
            try await end(1)
            guard case .quarantined(let failure) = folder.observer.heard.announced[0].job.state else {
                Issue.record("\(folder.observer.heard.announced[0].job.state)")
                return
            }
            #expect(failure.code == code && failure.message.contains("2 attempts"), "\(failure)")
            // The next study is none the worse for it.
            try folder.drop("next.nii", "y")
            try await end(2)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
        }
        #expect(folder.results == ["next"])
        #expect(folder.leftovers.isEmpty)
    }

    @Test func aFullDiskIsTriedAgainAndThenSaid() async throws {
        try await folder.run { _ in
            try folder.drop("full.nii", "x")
            try await end(1)
        }
        let job = try #require(folder.observer.heard.announced.first?.job)
        #expect(job.state.name == .failed && job.attempts == 3)
    }

    @Test func jobsAreCancelledWaitingAndRunning() async throws {
        try await folder.run { daemon in
            try folder.drop("slow.nii", "1")
            try await eventually("a running job") { try await daemon.status().running == 1 }
            try folder.drop("waiting.nii", "2")
            try await eventually("a waiting job") {
                try await daemon.find(JobID(rawValue: 2))?.state.name == .queued
            }
            try await daemon.cancel(JobID(rawValue: 2))
            try await daemon.cancel(JobID(rawValue: 1))
            try await end(2)
            await #expect(throws: TriageError.self) { try await daemon.cancel(JobID(rawValue: 1)) }
            await #expect(throws: TriageError.self) { try await daemon.cancel(JobID(rawValue: 77)) }
            try await eventually("filing") {
                do { try await daemon.retry(JobID(rawValue: 2)) } catch { return false }
                return true
            }
            try await end(3)
        }
        #expect(folder.observer.heard.announced.map(\.job.state.name) == [.cancelled, .cancelled, .completed])
        #expect(folder.results == ["waiting"])
    }

    @Test func aFailedJobCanBeTriedAgain() async throws {
        try await folder.run { daemon in
            try folder.drop("bad.nii", "x")
            try await end(1)
            try await eventually("filing") { folder.names(folder.folders.failed).count == 2 }
            try await eventually("the retry") {
                do { try await daemon.retry(JobID(rawValue: 1)) } catch { return false }
                return true
            }
            try await end(2)
        }
        #expect(folder.observer.heard.announced.map(\.job.state.name) == [.failed, .failed])
    }

    @Test func newsThatCouldNotBeToldIsToldLater() async throws {
        folder.observer.refuse(3)
        try await folder.run { _ in
            try folder.drop("scan.nii", "x")
            try await end(1)
        }
        #expect(folder.observer.heard.announced.count == 1)
    }

    @Test func aSubmittedFileStaysWhereItIs() async throws {
        let path = folder.root + "/elsewhere.nii.gz"
        for name in ["elsewhere.nii.gz", "secret.nii"] {
            try Data("voxels".utf8).write(to: URL(fileURLWithPath: folder.root + "/" + name))
        }
        chmod(path, 0o644)
        try await folder.run { daemon in
            let job = try await daemon.submit(path: path, priority: .stat, user: 4711)
            try await end(1)
            #expect(try await daemon.job(job).submitter == "4711")
            // Not for others' eyes.
            chmod(folder.root + "/secret.nii", 0o600)
            if geteuid() != 4712 {
                await #expect(throws: TriageError.self) {
                    try await daemon.submit(path: folder.root + "/secret.nii", user: 4712)
                }
            }
            for wrong in [
                "relative.nii", "/no/such.nii", folder.root + "/../x.nii", "/etc/passwd", folder.root, "/a\0.nii",
            ] {
                await #expect(throws: TriageError.self, "\(wrong)") { try await daemon.submit(path: wrong) }
            }
        }
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(folder.results == ["elsewhere"])
    }

    @Test func filesMayStayInTheInbox() async throws {
        var configuration = folder.configuration
        configuration.takenFiles = .keep
        try await folder.run(configuration) { daemon in
            try folder.drop("kept.nii", "one")
            try await end(1)
            try folder.drop("kept.nii", "another")
            try await end(2)
            // Two rescans more find nothing new.
            try await Task.sleep(for: .seconds(1.2))
            #expect(try await daemon.jobs().count == 2)
        }
        try await folder.run(configuration) { daemon in
            try await Task.sleep(for: .seconds(0.8))
            #expect(try await daemon.jobs().count == 2)
        }
        #expect(folder.names(folder.folders.inbox).contains("kept.nii"))
    }

    @Test func aVanishedInboxIsMadeAgain() async throws {
        try await folder.run { _ in
            try folder.drop("one.nii", "1")
            try await end(1)
            try FileManager.default.removeItem(atPath: folder.folders.inbox)
            try await eventually("a new inbox") {
                FileManager.default.fileExists(atPath: folder.folders.inbox + "/stat")
            }
            try folder.drop("two.nii", "2", in: "stat")
            try await end(2)
        }
        #expect(folder.results == ["one", "two"])
    }

    @Test func withoutRoomNothingIsTakenIn() async throws {
        var configuration = folder.configuration
        configuration.freeSpaceFloor = 1 << 60
        let full = configuration
        try await folder.run(full) { daemon in
            try folder.drop("scan.nii", "x")
            try await Task.sleep(for: .seconds(0.6))
            #expect(try await daemon.status().activity == .full)
            #expect(try await daemon.jobs().isEmpty)
            await #expect(throws: TriageError.self) {
                try await daemon.submit(path: folder.folders.inbox + "/scan.nii")
            }
            _ = daemon.reload(folder.configuration)
            try await end(1)
        }
    }

    @Test func theWorklistFollows() async throws {
        try await folder.run { _ in
            try folder.drop("stat/a.nii", "1")
            try folder.drop("bad.nii", "2")
            try await end(2)
            try await eventually("the page") { folder.text(folder.folders.outbox + "/index.html") == "a\nbad" }
        }
        let notes =
            folder.text(folder.folders.state + "/worklist.jsonl")?.split(separator: "\n").map { Data($0.utf8) } ?? []
        let head = try JSONDecoder().decode(WorklistHeadNote.self, from: try #require(notes.first))
        #expect(head == WorklistHeadNote(analysed: 1, failed: 1, renewal: 300))
        // What failed comes first, so that no number of others can push it out.
        let entries = try notes.dropFirst().map { try JSONDecoder().decode(WorklistEntryNote.self, from: $0) }
        #expect(entries.map(\.study) == ["bad", "a"] && entries.map(\.priority) == ["routine", "stat"])
    }
}
