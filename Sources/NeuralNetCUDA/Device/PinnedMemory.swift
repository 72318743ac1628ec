import CCUDA
import CUDARuntime
import NeuralNet

/// A block of host memory that the device reads and writes by itself, and the moment when it last did.
///
/// `@unchecked Sendable`: `TransferStaging` lets one thread at a time use it.
final class PinnedMemory: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let bytes: Int
    private let event: lt_cuda_event
    private let context: CUDAContext

    /// Throws `outOfMemory`, `device`.
    init(bytes: Int, in context: CUDAContext) throws(NeuralNetError) {
        let driver = context.driver
        var address: UnsafeMutableRawPointer?
        try context.call("allocation of \(bytes) pinned bytes") { _ in driver.allocatePinned(&address, bytes, 0) }
        var event: lt_cuda_event?
        do throws(NeuralNetError) {
            try context.call("creation of an event") { _ in
                driver.createEvent(&event, UInt32(LT_CUDA_EVENT_DISABLE_TIMING))
            }
            guard let address, let event else {
                throw NeuralNetError(.device, operation: "pinned memory", message: "The GPU's driver gave none.")
            }
            self.address = address
            self.event = event
        } catch {
            context.enqueue("release of memory") { _ in driver.freePinned(address) }
            throw error
        }
        self.bytes = bytes
        self.context = context
    }

    deinit {
        let (driver, address, event) = (context.driver, address, event)
        context.enqueue("release of memory") { _ in
            _ = driver.synchronizeEvent(event)
            _ = driver.destroyEvent(event)
            return driver.freePinned(address)
        }
    }

    /// Remembers that the work enqueued so far uses the memory.
    func markUsed() { context.enqueue("event") { context.driver.recordEvent(event, $0) } }

    /// Waits until that work is done.
    func wait() {
        let result = context.driver.synchronizeEvent(event)
        if result != LT_CUDA_SUCCESS.code { context.enqueue("transfer") { _ in result } }
    }
}
