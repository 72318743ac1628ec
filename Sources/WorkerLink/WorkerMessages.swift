/// What daemon and worker say to each other over a socket pair: one JSON value a frame (`Frame`).
///
/// The worker speaks first (`ready`). After that it gets one `analyze` at a time and answers it with any number of
/// `progress` and one `finished`, `failed` or `cancelled`. When the daemon's end is closed, the worker exits at once.
///
/// With the first byte of each `analyze` comes a descriptor of the study's file, open for reading (unix(7), SCM_RIGHTS): a worker
/// that has confined itself cannot open files, and never sees any but those it is given.
public enum WorkerProtocol {
    /// Both ends must have the same.
    public static let version = 2
    /// The descriptor that a worker finds its end of the socket pair at.
    public static let descriptor: Int32 = 3
}

public enum DaemonMessage: Hashable, Sendable, Codable {
    case analyze(AnalysisRequest)
    /// The answer to `needs`: whether there is memory enough now.
    case admission(job: Int64, granted: Bool)
    /// The job is no longer wanted; the worker answers `cancelled` as soon as its plugins let it.
    case cancel(job: Int64)
}

public enum WorkerMessage: Hashable, Sendable, Codable {
    case ready(WorkerDescription)
    /// What the study is likely to need, after a look at its header; nothing goes on until `admission`.
    case needs(job: Int64, bytes: UInt64)
    /// `share` of the whole analysis, 0…1.
    case progress(job: Int64, stage: String, share: Double, secondsLeft: Double?)
    case finished(job: Int64, StudySummary)
    /// The study cannot be analysed; the worker itself is well.
    case failed(job: Int64, WorkerFailure)
    case cancelled(job: Int64)
    /// There was not enough memory, and nothing was done.
    case deferred(job: Int64)
    /// Every few seconds while a study is worked on, whatever its plugins do.
    case heartbeat
    case log(warning: Bool, message: String)
}

public struct AnalysisRequest: Hashable, Sendable, Codable {
    public var job: Int64
    /// Absolute; what the file is called, which comes as a descriptor.
    public var input: String
    /// What the study is called in files and pages.
    public var study: String
    /// Absolute; appears whole or not at all.
    public var destination: String

    public init(job: Int64, input: String, study: String, destination: String) {
        self.job = job
        self.input = input
        self.study = study
        self.destination = destination
    }
}

public struct WorkerDescription: Hashable, Sendable, Codable {
    public struct Plugin: Hashable, Sendable, Codable {
        public var id: String
        public var name: String
        public var version: String
        public var role: String
        public var device: String
        /// Signed off by who installed it, or taken from a build folder.
        public var isSealed: Bool

        public init(id: String, name: String, version: String, role: String, device: String, isSealed: Bool) {
            self.id = id
            self.name = name
            self.version = version
            self.role = role
            self.device = device
            self.isSealed = isSealed
        }
    }

    public var protocolVersion: Int
    public var version: String
    /// `cuda:0` where a plugin works on that GPU, else `cpu`.
    public var device: String
    /// The device's own name and how it stores values, such as `NVIDIA L4, float16`; nil where no plugin says.
    public var hardware: String?
    public var plugins: [Plugin]
    /// Plugins that were refused, each with its reason.
    public var refusals: [String]
    /// What keeps the worker from doing harm; nil when nothing does.
    public var confinement: WorkerConfinement?

    public init(
        protocolVersion: Int, version: String, device: String, hardware: String? = nil, plugins: [Plugin],
        refusals: [String], confinement: WorkerConfinement?
    ) {
        self.protocolVersion = protocolVersion
        self.version = version
        self.device = device
        self.hardware = hardware
        self.plugins = plugins
        self.refusals = refusals
        self.confinement = confinement
    }
}

extension WorkerDescription {
    /// Such as `cuda:0 (NVIDIA L4, float16)`.
    public var place: String { device + (hardware.map { " (\($0))" } ?? "") }
}

/// How a worker has confined itself.
public struct WorkerConfinement: Hashable, Sendable, Codable {
    /// Such as `Landlock ABI 7, system calls filtered`.
    public var text: String
    /// A sentence for each layer that the kernel does not have.
    public var missing: [String]

    public init(text: String, missing: [String]) {
        self.text = text
        self.missing = missing
    }
}

public struct WorkerFailure: Error, Hashable, Sendable, Codable {
    /// `badInput`, `plugin`, `output`.
    public var code: String
    public var message: String
    public var detail: String?
    /// Whether it may go better another time, such as with a full disk.
    public var isTransient: Bool

    public init(code: String, message: String, detail: String? = nil, isTransient: Bool = false) {
        self.code = code
        self.message = message
        self.detail = detail
        self.isTransient = isTransient
    }
}
