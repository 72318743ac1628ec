import CCUDA
import CUDARuntime
import NeuralNet

/// A block of device memory; freed with its last reference.
public final class CUDABuffer: Sendable {
    /// The block's address on the device, aligned to at least 256 bytes.
    package let address: lt_cuda_address
    let bytes: Int
    private let context: CUDAContext

    /// A block of zeros. An empty one has an address too, so that every slice has. Throws `outOfMemory`, `device`.
    init(bytes: Int, in context: CUDAContext) throws(NeuralNetError) {
        let operation = "allocation of \(bytes) bytes"
        var address: lt_cuda_address = 0
        // Allocations are few and live as long as a session, so the driver's pools would gain nothing.
        try context.call(operation) { _ in context.driver.allocate(&address, max(bytes, 1)) }
        self.address = address
        self.bytes = bytes
        self.context = context
        try context.call(operation) { context.driver.fill(address, 0, max(bytes, 1), $0) }
    }

    deinit {
        let (driver, address) = (context.driver, address)
        // Waits for the work that still uses it.
        context.enqueue("release of memory") { _ in driver.free(address) }
    }
}
