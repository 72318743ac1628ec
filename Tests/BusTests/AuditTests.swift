import Bus
import BusTestSupport
import Foundation
import Synchronization
import Testing

@Suite(.enabled(if: PrivateBus.isAvailable, "dbus-daemon is not installed")) struct AuditTests {
    @Test func `every change is noted with who asked and what came of it`() async throws {
        let notes = Notes()
        let station = try await TriageStation(auditor: notes)
        let job = try await station.client.submit(path: "/data/scan.nii.gz", priority: .stat)
        try await station.client.pause()
        try await station.client.resume()
        _ = try await station.client.reload()
        await #expect(throws: BusError.self) { try await station.client.retry("4711") }
        let records = notes.records
        #expect(records.map(\.change) == [.submit, .pause, .resume, .reload, .retry])
        #expect(records.allSatisfy { $0.user == geteuid() && $0.process == UInt32(getpid()) })
        #expect(records.prefix(4).allSatisfy { $0.outcome == .done })
        #expect(records[0].job == job)
        guard case .failed = records[4].outcome else {
            Issue.record("\(records[4])")
            return
        }
        #expect(records[4].job == "4711")
    }

    @Test func `who was refused is noted, and reading is not`() async throws {
        let notes = Notes()
        let station = try await TriageStation(authorizer: FixedAuthorizer(isAllowed: false), auditor: notes)
        await #expect(throws: BusError.self) { try await station.client.pause() }
        _ = try await station.client.jobs()
        #expect(notes.records.map(\.outcome) == [.refused])
    }
}

private final class Notes: Auditor {
    private let state = Mutex<[AuditRecord]>([])
    var records: [AuditRecord] { state.withLock { $0 } }
    func note(_ record: AuditRecord) { state.withLock { $0.append(record) } }
}
