/// What a process may still reach in the file system once it is confined: what is named here, and everything below it.
/// Everything else, and the network, other processes and new programs, is out of reach.
public struct ConfinementPolicy: Hashable, Sendable {
    /// Absolute paths of files and folders that may be read. One that is not there is left out.
    public var readable: [String]
    /// Those of them that are not the system's.
    let own: [String]
    /// Absolute paths of folders in which files may be read, but not looked for. One that is not there is left out.
    public var known: [String]
    /// Absolute paths of folders in which files and folders may also be made, written, renamed and removed.
    public var writable: [String]
    /// Absolute paths of device nodes that may be read, written and controlled. One that is not there is left out.
    public var devices: [String]

    /// Beside what is given, what every program of this package needs from the system (`SystemPaths`). `gpu`: nil for a process
    /// that computes on none, which then cannot reach any.
    public init(readable: [String], writable: [String], gpu: GPUPaths? = nil) {
        self.readable = SystemPaths.libraries + SystemPaths.settings + SystemPaths.processor + readable
        own = readable
        known = SystemPaths.known
        self.writable = writable
        devices = SystemPaths.devices
        guard let gpu else { return }
        self.readable += gpu.libraries + gpu.settings
        self.writable += gpu.caches
        devices += gpu.devices
    }
}
