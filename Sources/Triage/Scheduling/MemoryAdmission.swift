import Platform
import Synchronization

/// Whether a study fits into memory beside those that other devices are at: what these were promised and do not hold yet is not
/// free, although the system says so.
package final class MemoryAdmission: Sendable {
    package enum Answer: Hashable {
        case granted
        /// Another time.
        case notNow
        /// More than the machine has, in bytes.
        case never(total: UInt64)
    }

    private struct Promise {
        let bytes: UInt64
        /// What the worker holds at the moment, weights included as in its estimate.
        let held: @Sendable () -> UInt64
    }

    private let memory: @Sendable () -> SystemMemory
    private let promises = Mutex<[JobID: Promise]>([:])

    /// Half a gigabyte stays for everything else on the machine.
    private static let reserve: UInt64 = 512 << 20

    package init(memory: @escaping @Sendable () -> SystemMemory) { self.memory = memory }

    /// Promises memory to a study, until `settle`, where there is enough. Where the system does not say what there is, trying is
    /// better than waiting.
    package func admit(_ job: JobID, bytes: UInt64, held: @escaping @Sendable () -> UInt64) -> Answer {
        promises.withLock { promises in
            let memory = memory()
            if let total = memory.total, !Self.fits(bytes, into: total) { return .never(total: total) }
            let promised = promises.values.reduce(UInt64(0)) { sum, promise in
                sum.addingClamped(promise.bytes - min(promise.bytes, promise.held()))
            }
            if let available = memory.available, !Self.fits(bytes.addingClamped(promised), into: available) {
                return .notNow
            }
            promises[job] = Promise(bytes: bytes, held: held)
            return .granted
        }
    }

    /// The study is over.
    package func settle(_ job: JobID) { promises.withLock { _ = $0.removeValue(forKey: job) } }

    private static func fits(_ bytes: UInt64, into room: UInt64) -> Bool { bytes <= room - min(room, reserve) }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
