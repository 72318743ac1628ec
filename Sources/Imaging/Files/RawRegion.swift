import Platform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Zeroed memory of its own pages, given back when it goes. Asking for more than there is throws, where Swift's arrays
/// would end the process.
struct RawRegion: ~Copyable {
    private let base: UnsafeMutableRawPointer
    let count: Int

    /// Throws `tooLarge` when there is no memory for `count` bytes (mmap(2)).
    init(byteCount count: Int, subject: String) throws(ImagingError) {
        let region = mmap(nil, max(count, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let region, region != MAP_FAILED else {
            throw ImagingError(
                .tooLarge, subject: subject, message: "There is no memory for \(count) bytes.", cause: errnoText(errno))
        }
        // Fewer page faults where the kernel has large pages to give; a refusal costs nothing.
        madvise(region, max(count, 1), MADV_HUGEPAGE)
        base = region
        self.count = count
    }

    deinit { munmap(base, max(count, 1)) }

    /// The memory, valid as long as the region.
    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }
}
