import Platform

/// What the daemon has from the machine, so that a test can make disks fail and clocks jump.
package struct Surroundings: Sendable {
    package var calls: FileSystemCalls
    /// Seconds since 1970.
    package var now: @Sendable () -> Double
    /// How long a file that the disk does not give is tried before its study fails.
    package var filePatience: Duration
    package var memory: @Sendable () -> SystemMemory

    package init(
        calls: FileSystemCalls = .system, now: @escaping @Sendable () -> Double = { WallClock.now },
        filePatience: Duration = .seconds(60), memory: @escaping @Sendable () -> SystemMemory = { .now }
    ) {
        self.calls = calls
        self.now = now
        self.filePatience = filePatience
        self.memory = memory
    }
}
