import CModelPlugin
import CUDARuntime
import NeuralNet
import NeuralNetCUDA
import Segmentation

/// The device that a host offers a plugin: how well networks run there, and their way onto it.
struct NetworkDevice: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case cpu
        case cuda(ordinal: Int, precision: Precision)
    }

    /// How a GPU stores activations.
    enum Precision: Hashable, Sendable, CaseIterable {
        case float32, tf32, float16, bfloat16
    }

    let kind: Kind
    /// For work on the CPU.
    private let threads: Int

    /// Nil for a kind of device that this plugin knows nothing of.
    init?(_ device: lungtriage_device) {
        threads = max(1, Int(device.threads))
        switch Int(device.kind) {
        case LUNGTRIAGE_DEVICE_CPU: kind = .cpu
        case LUNGTRIAGE_DEVICE_CUDA: kind = .cuda(ordinal: Int(device.ordinal), precision: Precision(device))
        default: return nil
        }
    }

    private init(kind: Kind, threads: Int) {
        self.kind = kind
        self.threads = threads
    }

    var isGPU: Bool { kind != .cpu }

    /// The CPU beside it.
    var cpu: NetworkDevice { NetworkDevice(kind: .cpu, threads: threads) }

    /// Slices that go through the network together, at most. On the CPU as many as it takes for deep layers' weights to be read
    /// often enough for each; on a GPU as many as keep it busy, where its memory lets them.
    private var batch: Int { isGPU ? 32 : 4 }

    /// Bytes of the host's memory for batches of slices and what the network needs, generously; weights included.
    func memoryEstimate(columns: Int, rows: Int) -> UInt64 {
        // A header may announce any size.
        let slices = Double(columns) * Double(rows) * Double(batch * (isGPU ? 16 : 64))
        return 600_000_000 + UInt64(min(slices, 0x1p62))
    }

    /// A GPU counts where everything is there that it takes, but is not started for that.
    var score: UInt32 {
        switch kind {
        case .cpu: 100
        case .cuda(let ordinal, _): (try? CUDADevice.usable(ordinal)) == nil ? 0 : 200
        }
    }

    /// A model ready on the device. Throws `CUDAUnavailable`, and what `VolumeSegmenter` throws.
    func segmenter(
        _ model: SegmentationModel, averagesMirrored: Bool, notice: @escaping @Sendable (String) -> Void
    ) throws -> (any SliceSegmenter, NetworkWork) {
        switch kind {
        case .cpu:
            let backend = try CPUBackend(threads: threads)
            let segmenter = try VolumeSegmenter(
                model, backend: backend, averagesMirrored: averagesMirrored, microBatch: batch)
            return (segmenter, NetworkWork(.cpu, precision: .float32, hardware: backend.description))
        case .cuda(let ordinal, let precision):
            let backend = try CUDABackend(precision.options(device: ordinal))
            let segmenter = try VolumeSegmenter(
                model, backend: backend, averagesMirrored: averagesMirrored, microBatch: batch, notice: notice)
            return (
                segmenter, NetworkWork(.cuda(ordinal: ordinal), precision: precision, hardware: backend.device.name)
            )
        }
    }
}

extension NetworkDevice.Precision {
    /// float16 where the host leaves it to the plugin, or is of a version that could not say.
    fileprivate init(_ device: lungtriage_device) {
        let end = (MemoryLayout<lungtriage_device>.offset(of: \.precision) ?? 0) + MemoryLayout<UInt32>.size
        let wished = Int(device.struct_size) < end ? LUNGTRIAGE_PRECISION_ANY : Int(device.precision)
        self = Self.allCases.first { $0.abi == wished } ?? .float16
    }

    var abi: Int {
        switch self {
        case .float32: LUNGTRIAGE_PRECISION_FLOAT32
        case .tf32: LUNGTRIAGE_PRECISION_TF32
        case .float16: LUNGTRIAGE_PRECISION_FLOAT16
        case .bfloat16: LUNGTRIAGE_PRECISION_BFLOAT16
        }
    }

    fileprivate func options(device: Int) -> CUDAOptions {
        switch self {
        case .float32: CUDAOptions(device: device, element: .float32)
        case .tf32: CUDAOptions(device: device, element: .float32, allowsTF32: true)
        case .float16: CUDAOptions(device: device, element: .float16)
        case .bfloat16: CUDAOptions(device: device, element: .bfloat16)
        }
    }
}

/// What a session computes on, for the host's provenance.
struct NetworkWork: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        case cpu
        case cuda(ordinal: Int)
    }

    let place: Place
    let precision: NetworkDevice.Precision
    /// The device's own name.
    let hardware: String

    init(_ place: Place, precision: NetworkDevice.Precision, hardware: String) {
        self.place = place
        self.precision = precision
        self.hardware = hardware
    }

    /// Writes it as far as the host's struct goes.
    func write(to work: UnsafeMutablePointer<lungtriage_work>) {
        guard Int(work.pointee.struct_size) >= MemoryLayout<lungtriage_work>.size else { return }
        switch place {
        case .cpu: (work.pointee.kind, work.pointee.ordinal) = (UInt32(LUNGTRIAGE_DEVICE_CPU), 0)
        case .cuda(let ordinal):
            (work.pointee.kind, work.pointee.ordinal) = (UInt32(LUNGTRIAGE_DEVICE_CUDA), UInt32(clamping: ordinal))
        }
        work.pointee.precision = UInt32(precision.abi)
        withUnsafeMutableBytes(of: &work.pointee.hardware) { room in
            room.copyBytes(from: Array(hardware.utf8.prefix(room.count - 1)) + [0])
        }
    }
}
