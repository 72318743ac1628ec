import CModelPlugin

/// Where a plugin may run.
public struct ComputeDevice: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case cpu
        /// An NVIDIA GPU, by its CUDA ordinal.
        case cuda(ordinal: Int)
    }

    public let kind: Kind
    /// Threads for work on the CPU.
    public let threads: Int
    /// Bytes; nil where it is not known.
    public let freeMemory: Int?

    public init(_ kind: Kind, threads: Int, freeMemory: Int? = nil) {
        self.kind = kind
        self.threads = max(1, threads)
        self.freeMemory = freeMemory
    }

    public var description: String {
        switch kind {
        case .cpu: "cpu"
        case .cuda(let ordinal): "cuda:\(ordinal)"
        }
    }

    var abi: lungtriage_device {
        let (kind, ordinal): (Int, Int) =
            switch kind {
            case .cpu: (LUNGTRIAGE_DEVICE_CPU, 0)
            case .cuda(let ordinal): (LUNGTRIAGE_DEVICE_CUDA, ordinal)
            }
        return lungtriage_device(
            struct_size: UInt32(MemoryLayout<lungtriage_device>.size), kind: UInt32(kind),
            ordinal: UInt32(clamping: ordinal), threads: UInt32(clamping: threads),
            free_memory: UInt64(clamping: freeMemory ?? 0))
    }
}
