import Foundation
import Platform
import Testing

/// What the kernel's files say, from a folder in place of them.
@Suite struct SystemMemoryTests {
    let root = FileManager.default.temporaryDirectory.path + "/memory-" + UUID().uuidString

    private func write(_ path: String, _ text: String) throws {
        let file = URL(filePath: root + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func machine() throws {
        try write(
            "/proc/meminfo",
            """
            MemTotal:       16000000 kB
            MemFree:          300000 kB
            MemAvailable:    9000000 kB
            SwapTotal:       1000000 kB
            """)
    }

    @Test func withoutControlGroupsTheMachineCounts() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try machine()
        try write("/proc/self/cgroup", "4:memory:/x\n")
        let memory = SystemMemory(root: root)
        #expect(memory.total == 17_000_000 << 10 && memory.available == 9_000_000 << 10)
    }

    /// A service with MemoryMax in a slice with less: pages of files are given back, swap is forbidden in the slice.
    @Test func theTightestGroupCounts() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try machine()
        try write("/proc/self/cgroup", "0::/a.slice/b.service\n")
        try write("/sys/fs/cgroup/a.slice/memory.max", "4000000000\n")
        try write("/sys/fs/cgroup/a.slice/memory.current", "3000000000\n")
        try write("/sys/fs/cgroup/a.slice/memory.swap.max", "0\n")
        try write(
            "/sys/fs/cgroup/a.slice/memory.stat",
            "anon 1900000000\nfile 1100000000\ninactive_file 700000000\nactive_file 300000000\n")
        try write("/sys/fs/cgroup/a.slice/b.service/memory.max", "max\n")
        try write("/sys/fs/cgroup/a.slice/b.service/memory.current", "2500000000\n")
        let memory = SystemMemory(root: root)
        #expect(memory.total == 4_000_000_000 && memory.available == 2_000_000_000)
    }

    @Test func whatIsUsedBeyondTheLimitLeavesNothing() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try machine()
        try write("/proc/self/cgroup", "0::/a\n")
        try write("/sys/fs/cgroup/a/memory.max", "1000\n")
        try write("/sys/fs/cgroup/a/memory.current", "5000\n")
        #expect(SystemMemory(root: root).available == 0)
    }

    @Test func whereNothingIsKnownNothingIsSaid() {
        #expect(SystemMemory(root: root) == SystemMemory(root: root + "/nowhere"))
        #expect(SystemMemory(root: root).total == nil && SystemMemory(root: root).available == nil)
    }

    @Test func thisMachineHasMemory() throws {
        let memory = SystemMemory.now
        #expect(try #require(memory.available) <= #require(memory.total))
    }
}
