import CCUDA
import CUDARuntime
import NeuralNet

/// A block of host memory that the device reads and writes by itself, and the moment when it last did.
///
/// `@unchecked Sendable`: whoever holds it lets one thread at a time use it.
final class PinnedMemory: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let bytes: Int
    /// When the device is done with it.
    let event: CUDAEvent
    private let context: CUDAContext

    /// Throws `outOfMemory`, `device`.
    init(bytes: Int, in context: CUDAContext) throws(NeuralNetError) {
        let driver = context.driver
        event = try CUDAEvent(in: context)
        var address: UnsafeMutableRawPointer?
        try context.call("allocation of \(bytes) pinned bytes") { _ in
            driver.allocatePinned(&address, max(bytes, 1), 0)
        }
        guard let address else {
            throw NeuralNetError(.device, operation: "pinned memory", message: "The GPU's driver gave none.")
        }
        self.address = address
        self.bytes = bytes
        self.context = context
    }

    deinit {
        let (driver, address) = (context.driver, address)
        event.wait()
        context.enqueue("release of memory") { _ in driver.freePinned(address) }
    }

    /// Remembers that the work enqueued so far, on the stream of work, uses the memory.
    func markUsed() { event.mark(on: context.stream) }

    /// Waits until that work is done.
    func wait() { event.wait() }
}
