import CKernels
import COpenBLAS

/// Instruction sets of the CPU kernels, from the least to the most capable.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
    /// Plain C in 4-lane vectors: SSE2 on x86-64, NEON on arm64.
    case portable
    /// AVX2 and FMA.
    case avx2
    /// AVX-512 F, DQ, BW and VL.
    case avx512

    var kernels: lt_isa {
        switch self {
        case .portable: LT_ISA_PORTABLE
        case .avx2: LT_ISA_AVX2
        case .avx512: LT_ISA_AVX512
        }
    }

    /// Whether this machine can run it.
    public var isAvailable: Bool { lt_isa_available(kernels) != 0 }
    /// The most capable this machine can run; the environment variable LUNGTRIAGE_ISA can lower it.
    public static var best: InstructionSet {
        let best = lt_isa_best()
        return allCases.last { $0.kernels == best } ?? .portable
    }
}

/// The network's operations on the CPU: SIMD kernels and OpenBLAS on a fixed set of threads. An operation has run when
/// its call returns.
///
/// OpenBLAS's own threading is switched off for the whole process, since the backend calls it from its own threads.
///
/// `@unchecked Sendable`: its properties are constant, and the pool runs the loops of different callers one after the
/// other.
public final class CPUBackend: @unchecked Sendable, Backend {
    public typealias Buffer = CPUBuffer
    public typealias Slice = DeviceSlice<CPUBuffer>
    public typealias View = DeviceView<CPUBuffer>

    public let threads: Int
    public let instructionSet: InstructionSet
    let context: lt_context

    /// Starts `threads` threads, the calling one counted.
    ///
    /// Throws `invalidArgument` for fewer than 1 thread or more than 1024, `unsupported` for an instruction set this
    /// machine lacks, `device` when the system refuses a thread.
    public init(threads: Int, instructionSet: InstructionSet = .best) throws(NeuralNetError) {
        guard (1...1024).contains(threads) else {
            throw NeuralNetError(
                .invalidArgument, operation: "CPU backend",
                message: "The number of threads must be between 1 and 1024, but it is \(threads).")
        }
        guard instructionSet.isAvailable else {
            throw NeuralNetError(
                .unsupported, operation: "CPU backend",
                message: "This processor cannot run \(instructionSet.rawValue) instructions.")
        }
        guard let pool = lt_pool_create(Int32(threads)) else {
            throw NeuralNetError(
                .device, operation: "CPU backend", message: "The system refused to start \(threads) threads.")
        }
        openblas_set_num_threads(1)
        self.threads = threads
        self.instructionSet = instructionSet
        self.context = lt_context(pool: pool, isa: instructionSet.kernels)
    }

    deinit { lt_pool_destroy(context.pool) }

    public var description: String {
        "CPU, \(threads) \(threads == 1 ? "thread" : "threads"), \(instructionSet.rawValue)"
    }
}
