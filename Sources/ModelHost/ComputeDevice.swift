import CModelPlugin

/// Where a plugin may run.
public struct ComputeDevice: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable, CustomStringConvertible {
        case cpu
        /// An NVIDIA GPU, by its CUDA ordinal.
        case cuda(ordinal: Int)

        public var description: String {
            switch self {
            case .cpu: "cpu"
            case .cuda(let ordinal): "cuda:\(ordinal)"
            }
        }
    }

    public let kind: Kind
    /// Threads for work on the CPU.
    public let threads: Int
    /// Bytes; nil where it is not known.
    public let freeMemory: Int?
    /// How a GPU stores values; nil: as the plugin thinks best.
    public let precision: ComputePrecision?

    public init(_ kind: Kind, threads: Int, freeMemory: Int? = nil, precision: ComputePrecision? = nil) {
        self.kind = kind
        self.threads = max(1, threads)
        self.freeMemory = freeMemory
        self.precision = precision
    }

    public var description: String { kind.description }

    var abi: lungtriage_device {
        let (kind, ordinal): (Int, Int) =
            switch kind {
            case .cpu: (LUNGTRIAGE_DEVICE_CPU, 0)
            case .cuda(let ordinal): (LUNGTRIAGE_DEVICE_CUDA, ordinal)
            }
        return lungtriage_device(
            struct_size: UInt32(MemoryLayout<lungtriage_device>.size), kind: UInt32(kind),
            ordinal: UInt32(clamping: ordinal), threads: UInt32(clamping: threads),
            free_memory: UInt64(clamping: freeMemory ?? 0),
            precision: UInt32(precision?.abi ?? LUNGTRIAGE_PRECISION_ANY), reserved: 0)
    }
}

/// How values are stored on a GPU; sums are float32 always.
public enum ComputePrecision: String, Hashable, Sendable, Codable, CaseIterable {
    case float32
    /// float32, operands of products rounded to TF32's 11 significant bits.
    case tf32
    case float16
    case bfloat16

    var abi: Int {
        switch self {
        case .float32: LUNGTRIAGE_PRECISION_FLOAT32
        case .tf32: LUNGTRIAGE_PRECISION_TF32
        case .float16: LUNGTRIAGE_PRECISION_FLOAT16
        case .bfloat16: LUNGTRIAGE_PRECISION_BFLOAT16
        }
    }

    init?(abi: UInt32) {
        guard let found = Self.allCases.first(where: { $0.abi == Int(abi) }) else { return nil }
        self = found
    }
}

/// What a session computes on, as its plugin says.
public struct ComputeWork: Hashable, Sendable {
    public let device: ComputeDevice.Kind
    /// The device's own name; nil where the plugin does not say.
    public let hardware: String?
    /// Nil where the plugin does not say.
    public let precision: ComputePrecision?

    /// All that is known of a plugin that does not say.
    init(_ device: ComputeDevice) {
        self.device = device.kind
        hardware = nil
        precision = nil
    }

    init(_ work: lungtriage_work, openedOn device: ComputeDevice) {
        switch Int(work.kind) {
        case LUNGTRIAGE_DEVICE_CPU: self.device = .cpu
        case LUNGTRIAGE_DEVICE_CUDA: self.device = .cuda(ordinal: Int(work.ordinal))
        default: self.device = device.kind
        }
        // The plugin may have left out the final zero byte.
        let name = withUnsafeBytes(of: work.hardware) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        hardware = name.isEmpty ? nil : name
        precision = ComputePrecision(abi: work.precision)
    }
}
