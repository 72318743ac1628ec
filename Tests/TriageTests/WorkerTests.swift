import Foundation
import TestDeadlines
import Testing
import Triage
import WorkerLink

@Suite(.serialized) struct WorkerTests {
    @Test(arguments: ["--dies-at-start", "--old"])
    func withoutAWorkerStudiesWait(_ fault: String) async throws {
        let folder = try TriageFolder()
        try await folder.run(worker: ["0", fault]) { daemon in
            try folder.drop("scan.nii", "x")
            try await eventually("trouble") { try await daemon.status().troubles.isEmpty == false }
            try await eventually("the job") { try await daemon.jobs().count == 1 }
            let job = try await daemon.job(JobID(rawValue: 1))
            #expect(!job.state.name.isFinal)
        }
        // The next process has a worker that works.
        try await folder.run { _ in
            try await eventually("the result") { folder.observer.heard.announced.count == 1 }
        }
        #expect(folder.results == ["scan"])
        #expect(folder.observer.heard.announced[0].job.attempts == 1)
    }

    @Test func aStudyInProgressIsBegunAnewAfterAStop() async throws {
        let folder = try TriageFolder()
        try await folder.run { daemon in
            try folder.drop("slow.nii", "x")
            try await eventually("a running job") { try await daemon.status().running == 1 }
        }
        #expect(folder.leftovers.isEmpty)
        try await folder.run { daemon in
            try await eventually("a running job") { try await daemon.status().running == 1 }
            let job = try await daemon.job(JobID(rawValue: 1))
            // The stop was not the study's fault.
            #expect(job.attempts == 1)
        }
    }
}
