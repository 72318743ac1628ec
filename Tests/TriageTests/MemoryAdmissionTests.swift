import Platform
import Synchronization
import Testing
import Triage

struct MemoryAdmissionTests {
    private let gigabyte: UInt64 = 1 << 30
    private func job(_ number: Int64) -> JobID { JobID(rawValue: number) }

    /// Half a gigabyte stays free for everything else.
    @Test func whatIsPromisedIsNotFree() {
        let available = Mutex<UInt64>(8 << 30)
        let held = Mutex<UInt64>(0)
        let admission = MemoryAdmission(memory: {
            SystemMemory(total: 16 << 30, available: available.withLock { $0 })
        })
        #expect(admission.admit(job(1), bytes: 5 * gigabyte) { held.withLock { $0 } } == .granted)
        // 8 less 5 that the first has not taken yet, less the reserve.
        #expect(admission.admit(job(2), bytes: 3 * gigabyte) { 0 } == .notNow)
        // It takes some: what it holds is not counted twice.
        available.withLock { $0 = 4 << 30 }
        held.withLock { $0 = 4 << 30 }
        #expect(admission.admit(job(2), bytes: 3 * gigabyte) { 0 } == .notNow)
        #expect(admission.admit(job(2), bytes: 2 * gigabyte + gigabyte / 2) { 0 } == .granted)
        admission.settle(job(1))
        admission.settle(job(2))
        #expect(admission.admit(job(3), bytes: 3 * gigabyte) { 0 } == .granted)
    }

    /// A worker may hold more than was promised: then the promise takes nothing from others, and gives them nothing.
    @Test func whoHoldsMoreThanPromisedGivesNothing() {
        let admission = MemoryAdmission(memory: { SystemMemory(total: 16 << 30, available: 4 << 30) })
        #expect(admission.admit(job(1), bytes: gigabyte) { 6 << 30 } == .granted)
        #expect(admission.admit(job(2), bytes: 4 * gigabyte) { 0 } == .notNow)
        #expect(admission.admit(job(2), bytes: 3 * gigabyte) { 0 } == .granted)
    }

    @Test func whatNeverFitsIsToldAtOnce() {
        let admission = MemoryAdmission(memory: { SystemMemory(total: 16 << 30, available: 1 << 30) })
        #expect(admission.admit(job(1), bytes: 16 * gigabyte) { 0 } == .never(total: 16 * gigabyte))
        #expect(admission.admit(job(1), bytes: .max) { 0 } == .never(total: 16 * gigabyte))
        #expect(admission.admit(job(1), bytes: 15 * gigabyte) { 0 } == .notNow)
    }

    /// Where nothing is known, trying is better than waiting.
    @Test func whereNothingIsKnownItIsTried() {
        let admission = MemoryAdmission(memory: { SystemMemory(total: nil, available: nil) })
        for number in Int64(1)...3 {
            #expect(admission.admit(job(number), bytes: .max) { 0 } == .granted)
        }
    }
}
