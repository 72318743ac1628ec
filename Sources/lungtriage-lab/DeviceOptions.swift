import ArgumentParser
import NeuralNet
import NeuralNetCUDA

/// Where a command computes, and how precisely.
struct DeviceOptions: ParsableArguments {
    @Option(
        help: """
            Where to compute: cpu, cuda:N (the Nth GPU, counted from 0), or auto: the first GPU where it works, else the CPU.
            """)
    var device = DeviceName.automatic
    @Option(
        help: """
            How a GPU stores activations and multiplies: float32, tf32 (operands of products rounded to 11 significant \
            bits), float16 or bfloat16. The CPU computes in float32.
            """)
    var precision = Precision.float32
    @Flag(
        help: """
            Choose a GPU's algorithms without timing them, so that the same command gives the same bits again. On the CPU \
            it always does.
            """)
    var deterministic = false
    @Option(help: "Threads of the CPU. Default: one per processor.") var threads: Int?

    func validate() throws {
        guard device != .cpu || precision == .float32 else {
            throw ValidationError("The CPU computes in float32: --precision \(precision.rawValue) needs a GPU.")
        }
    }

    /// Starts the device. Where no GPU works and none was asked for, the reason is said on stderr and the CPU computes.
    ///
    /// Throws `CUDAUnavailable` where a GPU was asked for by name, and what `CPUBackend` throws.
    func backend() throws -> any Backend {
        switch device {
        case .cpu: return try cpu()
        case .cuda(let index): return try CUDABackend(options(index))
        case .automatic:
            do throws(CUDAUnavailable) {
                return try CUDABackend(options(0))
            } catch {
                let loss = precision == .float32 ? "" : ", in float32"
                StandardError.write("lungtriage-lab: The CPU computes\(loss). \(error) [\(error.code)]\n")
                return try cpu()
            }
        }
    }

    private func cpu() throws -> CPUBackend { try CPUBackend(threads: threads ?? ProcessStatus.processors) }

    private func options(_ index: Int) -> CUDAOptions {
        CUDAOptions(
            device: index, element: precision.element, allowsTF32: precision == .tf32, isDeterministic: deterministic)
    }
}

/// A device as options name it.
enum DeviceName: Hashable, ExpressibleByArgument {
    case automatic
    case cpu
    /// Counted from 0.
    case cuda(Int)

    init?(argument: String) {
        switch argument {
        case "auto": self = .automatic
        case "cpu": self = .cpu
        default:
            let number = argument.dropFirst("cuda:".count)
            guard argument.hasPrefix("cuda:"), number.allSatisfy(\.isNumber), let index = Int(number) else {
                return nil
            }
            self = .cuda(index)
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .automatic: "auto"
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }
}

/// How a GPU computes.
enum Precision: String, CaseIterable, ExpressibleByArgument {
    case float32, tf32, float16, bfloat16

    var element: ElementType {
        switch self {
        case .float32, .tf32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
}
