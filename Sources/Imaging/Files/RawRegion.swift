import Dispatch
import Platform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Throws `tooLarge` when `byteCount` bytes cannot be had now; Swift's arrays would end the process instead. The memory
/// is given back at once, so a race with other threads remains.
func requireMemory(_ byteCount: Int, subject: String) throws(ImagingError) {
    guard byteCount > 1 << 24 else { return }
    _ = try RawRegion(byteCount: byteCount, subject: subject)
}

/// Asks for large pages, which take fewer page faults to fill; a refusal costs nothing (madvise(2)).
func adviseLargePages(_ memory: UnsafeMutableRawBufferPointer) {
    guard let base = memory.baseAddress, memory.count > 1 << 22 else { return }
    let page = Int(getpagesize())
    let start = UnsafeMutableRawPointer(bitPattern: (Int(bitPattern: base) + page - 1) / page * page)
    let end = Int(bitPattern: base) + memory.count
    if let start { madvise(start, (end - Int(bitPattern: start)) / page * page, MADV_HUGEPAGE) }
}

/// Has the kernel provide the pages of memory that is about to be filled, on another thread while the first are being
/// filled (madvise(2), Linux 5.14; older kernels refuse, which costs nothing). The returned closure waits for the end.
func provideInBackground(_ memory: UnsafeMutableRawBufferPointer) -> () -> Void {
    let page = Int(getpagesize())
    let start = (Int(bitPattern: memory.baseAddress) + page - 1) / page * page
    let count = (Int(bitPattern: memory.baseAddress) + memory.count - start) / page * page
    guard count > 1 << 22 else { return {} }
    // In pieces, so that the lock that page faults need is given up in between.
    let piece = 1 << 22
    let work = DispatchWorkItem {
        for offset in stride(from: 0, to: count, by: piece) {
            let address = UnsafeMutableRawPointer(bitPattern: start + offset)
            guard madvise(address, min(piece, count - offset), madvisePopulateWrite) == 0 else { return }
        }
    }
    DispatchQueue.global(qos: .userInitiated).async(execute: work)
    return { work.wait() }
}

/// MADV_POPULATE_WRITE, which Debian 12's C library does not name everywhere.
private let madvisePopulateWrite: Int32 = 23

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
        adviseLargePages(UnsafeMutableRawBufferPointer(start: region, count: count))
        base = region
        self.count = count
    }

    deinit { munmap(base, max(count, 1)) }

    /// The memory, valid as long as the region.
    var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: base, count: count) }
}
