import CCUDA

/// A block of device memory; freed with its last reference.
public final class CUDABuffer: Sendable {
    /// The block's address on the device, aligned to at least 256 bytes.
    let address: lt_cuda_address
    let bytes: Int
    private let release: @Sendable (lt_cuda_address) -> Void

    init(address: lt_cuda_address, bytes: Int, release: @escaping @Sendable (lt_cuda_address) -> Void) {
        self.address = address
        self.bytes = bytes
        self.release = release
    }

    deinit { release(address) }
}
