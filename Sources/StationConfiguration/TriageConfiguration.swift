/// Everything about the daemon that an administrator may choose. `etc/lungtriage/lungtriaged.conf` documents it key by key.
public struct TriageConfiguration: Hashable, Sendable {
    /// What becomes of a file in the inbox once its study is taken in.
    public enum TakenFiles: String, Hashable, Sendable, CaseIterable {
        /// It moves to the archive.
        case archive
        /// It stays where it is; the daemon remembers that it knows it.
        case keep
        /// It moves to the archive and goes from there when its study is complete.
        case delete
    }

    /// Sums are float32 always.
    public enum GPUPrecision: String, Hashable, Sendable, CaseIterable {
        case float16, bfloat16, float32
        /// float32, operands of products rounded to TF32's 11 significant bits.
        case tf32
    }

    public var folders: FolderLayout
    /// A file without news for so long is taken to be complete.
    public var settleSeconds = 2.0
    /// The inbox is read anew so often, for file systems that send no events.
    public var rescanSeconds = 60.0
    public var takenFiles = TakenFiles.archive
    /// After so many workers died of it a study is put into quarantine.
    public var maximumAttempts = 3
    /// The first wait before another attempt; it doubles with each.
    public var retrySeconds = 10.0
    /// A worker that takes longer for one study is stopped.
    public var deadlineSeconds = 3600.0
    /// A worker that has not even said that it is alive for so long is stopped.
    public var heartbeatSeconds = 30.0
    /// Threads of a worker; 0: one per processor.
    public var threads = 0
    /// Where workers compute, one each: `auto` (a GPU where one can be used, else the CPU), `cpu`, or GPUs, `cuda:0`, `cuda:1`, …
    public var devices = ["auto"]
    /// How a GPU stores what it computes.
    public var gpuPrecision = GPUPrecision.float16
    /// A worker that holds more is stopped.
    public var workerMemory: UInt64 = 8 << 30
    /// Ids of the plugins to use; none: the first of each role.
    public var plugins: [String] = []
    /// Where plugins are; nil: where the program says (`PluginLocation.standard`).
    public var pluginFolder: String?
    /// Whether there is to be no worker where the kernel cannot confine it completely.
    public var requiresConfinement = false
    /// PO in % below which a study is `none`, and from which it is moderate, severe, critical; nil: the scores' own.
    public var cutOffs: [Double]?
    /// Results go after so many days; 0: they stay.
    public var keepResultsDays = 0.0
    /// Files in the archive go after so many days; 0: they stay.
    public var keepArchiveDays = 0.0
    /// Jobs without a result, and what is in the failed folder of them, go after so many days; 0: they stay.
    public var keepFailuresDays = 0.0
    /// Below so much free space no more studies are taken in.
    public var freeSpaceFloor: UInt64 = 1 << 30
    /// Where metrics for Prometheus are written; nil: nowhere.
    public var metricsFile: String?
    /// Seconds between two writings.
    public var metricsSeconds = 15.0

    public init(folders: FolderLayout) { self.folders = folders }

    /// What the worker of the first device is told.
    public var workerArguments: [String] { workerArguments(on: devices.first ?? "auto") }

    /// What a worker is told.
    public func workerArguments(on device: String) -> [String] {
        var arguments = ["--threads", "\(threads)", "--memory", "\(workerMemory)", "--staging", folders.staging]
        arguments += ["--device", device, "--precision", gpuPrecision.rawValue]
        if !plugins.isEmpty { arguments += ["--plugins", plugins.joined(separator: ",")] }
        if let pluginFolder { arguments += ["--plugin-folder", pluginFolder] }
        if requiresConfinement { arguments.append("--require-confinement") }
        if let cutOffs { arguments += ["--cut-offs", cutOffs.map { "\($0)" }.joined(separator: ",")] }
        return arguments
    }
}

/// Where everything lies; absolute paths.
public struct FolderLayout: Hashable, Sendable {
    public var inbox: String
    public var outbox: String
    public var archive: String
    public var failed: String
    /// The database.
    public var state: String

    public init(inbox: String, outbox: String, archive: String, failed: String, state: String) {
        self.inbox = inbox
        self.outbox = outbox
        self.archive = archive
        self.failed = failed
        self.state = state
    }

    /// All in one folder.
    public init(root: String) {
        self.init(
            inbox: root + "/inbox", outbox: root + "/outbox", archive: root + "/archive", failed: root + "/failed",
            state: root + "/state")
    }

    /// As installed.
    public static let system = FolderLayout(root: "/var/lib/lungtriage")

    /// Results under construction; in the outbox, so that they can be renamed into place.
    public var staging: String { outbox + "/.staging" }
    public var database: String { state + "/jobs.sqlite" }
}
