#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the system says about free memory.
enum SystemMemory {
    /// Bytes a new allocation can expect to get: the kernel's estimate, or less where the process's control group allows
    /// less. `Int.max` when nothing is known.
    static func availableBytes() -> Int {
        min(kernelEstimate() ?? Int.max, controlGroupHeadroom() ?? Int.max)
    }

    /// `MemAvailable` of /proc/meminfo, which is in KiB.
    private static func kernelEstimate() -> Int? {
        guard let text = smallFile("/proc/meminfo") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
        }
        return nil
    }

    /// The limit of the control group (version 2) less what it uses already.
    private static func controlGroupHeadroom() -> Int? {
        guard let text = smallFile("/proc/self/cgroup") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("0::") }
        guard let path = line?.dropFirst(3) else { return nil }
        let folder = "/sys/fs/cgroup" + (path == "/" ? "" : path)
        let limit = number(folder + "/memory.max")
        let used = number(folder + "/memory.current")
        return limit.flatMap { limit in used.map { max(0, limit - $0) } }
    }

    private static func number(_ path: String) -> Int? {
        smallFile(path).flatMap { $0.split(separator: "\n").first }.flatMap { Int($0) }
    }

    /// The first 4 KiB of a file of the kernel's, open(2) and read(2).
    private static func smallFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
