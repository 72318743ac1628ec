import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A fixed block of memory, aligned to 64 bytes, that starts as zeros and is freed with its last reference.
///
/// `@unchecked Sendable`: the class itself never reads or writes the memory. Its two owners order the accesses: `Tensor`
/// writes only to a block it alone refers to, `CPUBackend` runs one operation at a time per session.
final class AlignedStorage: @unchecked Sendable {
    let bytes: Int
    let address: UnsafeMutableRawPointer

    /// One cache line, one AVX-512 register.
    private static let alignment = 64
    /// From this size on, huge pages save more in address translation than their rounding wastes.
    private static let hugePages = 2 << 20

    private static func floats(_ bytes: Int) -> Int64 { Int64(bytes / MemoryLayout<Float>.size) + 1 }

    /// Throws `outOfMemory` when the system refuses `bytes` bytes.
    init(bytes: Int, operation: String) throws(NeuralNetError) {
        self.bytes = bytes
        let region: UnsafeMutableRawPointer?
        if bytes >= AlignedStorage.hugePages {
            region = UnsafeMutableRawPointer(lt_memory_allocate(AlignedStorage.floats(bytes)))
        } else {
            region = AlignedStorage.small(bytes)
        }
        guard let region else {
            throw NeuralNetError(
                .outOfMemory, operation: operation, message: "The system refused \(bytes) bytes of memory.",
                cause: String(cString: strerror(ENOMEM)))
        }
        address = region
    }

    private static func small(_ bytes: Int) -> UnsafeMutableRawPointer? {
        var region: UnsafeMutableRawPointer?
        guard bytes >= 0, posix_memalign(&region, alignment, max(bytes, 1)) == 0 else { return nil }
        region?.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        return region
    }

    deinit {
        if bytes >= AlignedStorage.hugePages {
            lt_memory_free(address.assumingMemoryBound(to: Float.self), AlignedStorage.floats(bytes))
        } else {
            free(address)
        }
    }

    /// A new block with the same content; throws as `init`.
    func copy(operation: String) throws(NeuralNetError) -> AlignedStorage {
        let other = try AlignedStorage(bytes: bytes, operation: operation)
        other.address.copyMemory(from: address, byteCount: bytes)
        return other
    }
}
