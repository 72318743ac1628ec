#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the kernel says about this process.
enum ProcessStatus {
    /// Processors this process may use.
    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Processor time that all threads of this process have used, clock(3).
    static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

    /// The most memory the process has held so far, getrusage(2); Linux counts in KiB.
    static var peakResidentBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) << 10
    }
}
