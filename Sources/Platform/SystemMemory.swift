#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the system says about memory: the machine's, or less where a control group (version 2) allows this process less.
package struct SystemMemory: Hashable, Sendable {
    /// Bytes that there are, swap included: what needs more can never be done here. Nil when it cannot be told.
    package let total: UInt64?
    /// Bytes that a program can expect to get without swapping. Nil when it cannot be told.
    package let available: UInt64?

    package static var now: SystemMemory { SystemMemory(root: "") }

    package init(total: UInt64?, available: UInt64?) {
        self.total = total
        self.available = available
    }

    /// `root` stands before the paths of /proc and /sys, for tests.
    package init(root: String) {
        let machine = Self.facts(root + "/proc/meminfo")
        // In KiB.
        var total = machine["MemTotal"].map { ($0 + (machine["SwapTotal"] ?? 0)) << 10 }
        var available = machine["MemAvailable"].map { $0 << 10 }
        // Each group of the hierarchy has a limit of its own.
        for group in Self.controlGroups(root) {
            let folder = root + "/sys/fs/cgroup" + group
            guard let limit = Self.number(folder + "/memory.max"), let used = Self.number(folder + "/memory.current")
            else { continue }
            let statistics = Self.facts(folder + "/memory.stat")
            // Pages of files count as used and are given back when they are needed.
            let files = min(used, (statistics["active_file"] ?? 0) + (statistics["inactive_file"] ?? 0))
            let headroom = limit > used - files ? limit - (used - files) : 0
            available = min(available ?? .max, headroom)
            let swap = Self.number(folder + "/memory.swap.max") ?? (machine["SwapTotal"] ?? 0) << 10
            total = min(total ?? .max, limit.addingReportingOverflow(swap).partialValue)
        }
        self.total = total
        self.available = available
    }

    /// The process's group and all above it, such as "/system.slice/x.service", "/system.slice".
    private static func controlGroups(_ root: String) -> [String] {
        let line = text(root + "/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::/") }
        guard var path = line.map({ String($0.dropFirst(3)) }) else { return [] }
        var groups: [String] = []
        while path.count > 1, let slash = path.lastIndex(of: "/") {
            groups.append(path)
            path = String(path[..<slash])
        }
        return groups + [""]
    }

    private static func number(_ path: String) -> UInt64? {
        text(path)?.split(separator: "\n").first.flatMap { UInt64($0) }
    }

    /// Lines such as "name 12" or "name:  12 kB".
    private static func facts(_ path: String) -> [String: UInt64] {
        var facts: [String: UInt64] = [:]
        for line in (text(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let number = UInt64(words[1]) else { continue }
            facts[String(words[0].prefix { $0 != ":" })] = number
        }
        return facts
    }

    /// The first 8 KiB of a file of the kernel's.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = retryingInterrupted { read(descriptor, &bytes, bytes.count) }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
