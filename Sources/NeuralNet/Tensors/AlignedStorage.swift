#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A fixed block of memory, aligned to 64 bytes, that starts as zeros and is freed with its last reference.
///
/// `@unchecked Sendable`: the class itself never reads or writes the memory. Its two owners order the accesses: `Tensor`
/// and `LabelMap` write only to a block they alone refer to, `CPUBackend` runs one operation at a time per session.
final class AlignedStorage: @unchecked Sendable {
    let bytes: Int
    let address: UnsafeMutableRawPointer
    private let mappedBytes: Int

    /// The alignment of every block, one cache line and one AVX-512 register.
    static let alignment = 64
    /// From this size on, huge pages save more in page faults and address translation than their rounding costs.
    private static let hugePage = 2 << 20

    /// Throws `outOfMemory` when the system refuses `bytes` bytes.
    init(bytes: Int, operation: String) throws(NeuralNetError) {
        let size = max(bytes, 1)
        let huge = size >= AlignedStorage.hugePage
        let granule = huge ? AlignedStorage.hugePage : 4096
        let (rounded, overflow) = size.addingReportingOverflow(2 * granule)
        let length = rounded / granule * granule
        guard bytes >= 0, !overflow, let region = AlignedStorage.map(length) else {
            throw NeuralNetError(
                .outOfMemory, operation: operation, message: "The system refused \(bytes) bytes of memory.",
                cause: String(cString: strerror(ENOMEM)))
        }
        // A huge page must start at a multiple of its size; mmap promises only small pages.
        let misaligned = Int(bitPattern: region) % granule
        let skipped = misaligned == 0 ? 0 : granule - misaligned
        let usable = length - skipped
        if huge { madvise(region + skipped, usable, MADV_HUGEPAGE) }
        if skipped > 0 { munmap(region, skipped) }
        self.bytes = bytes
        self.address = region + skipped
        self.mappedBytes = usable
    }

    private static func map(_ length: Int) -> UnsafeMutableRawPointer? {
        let region = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return region == MAP_FAILED ? nil : region
    }

    deinit { munmap(address, mappedBytes) }

    /// A new block with the same content; throws as `init`.
    func copy(operation: String) throws(NeuralNetError) -> AlignedStorage {
        let other = try AlignedStorage(bytes: bytes, operation: operation)
        other.address.copyMemory(from: address, byteCount: bytes)
        return other
    }
}
