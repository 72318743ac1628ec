import CCUDA
import NeuralNet
import Synchronization

/// How one convolution of one shape is computed: which of cuDNN's engines, and which operands are copied first because
/// cuDNN takes them dense only.
public final class CUDAConvolutionPlan: Sendable {
    let shape: ConvolutionShape
    /// The shape that cuDNN sees: `shape`, or with dense operands.
    let computed: ConvolutionShape
    /// Without bias and ReLU: for the input's gradient, and where cuDNN fuses nothing.
    let plain: Result<ExecutableGraph, NeuralNetError>
    /// With bias, with and without ReLU, where cuDNN can.
    let fused: [Bool: ExecutableGraph]
    /// Bytes at the start of the scratch memory that engines may use.
    let workspaceBytes: Int

    init(
        _ shape: ConvolutionShape, computed: ConvolutionShape, plain: Result<ExecutableGraph, NeuralNetError>,
        fused: [Bool: ExecutableGraph]
    ) {
        self.shape = shape
        self.computed = computed
        self.plain = plain
        self.fused = fused
        let plainBytes = (try? plain.get().workspaceBytes) ?? 0
        workspaceBytes = aligned(fused.values.reduce(plainBytes) { max($0, $1.workspaceBytes) })
    }

    var copiesInput: Bool { shape.inputPixels != computed.inputPixels }
    var copiesOutput: Bool { shape.outputPixels != computed.outputPixels }
}

/// The gradient of a convolution's weights.
struct WeightGradientPlan: Sendable {
    let computed: ConvolutionShape
    let graph: Result<ExecutableGraph, NeuralNetError>

    var workspaceBytes: Int { aligned((try? graph.get().workspaceBytes) ?? 0) }

    /// What the gradient is before it becomes HWIO.
    var element: ElementType {
        if case .success(let executable) = graph, case .weightGradient(let element) = executable.graph.work {
            return element
        }
        return .float32
    }
}

/// Rounded up to the alignment that cuDNN and the kernels may count on.
func aligned(_ bytes: Int) -> Int { (bytes + 255) / 256 * 256 }

/// Chooses engines, once per shape.
final class ConvolutionPlans: Sendable {
    private let cudnn: CudnnHandle
    private let options: CUDAOptions
    private let plans = Mutex<[Key: CUDAConvolutionPlan]>([:])
    private let gradients = Mutex<[ConvolutionShape: WeightGradientPlan]>([:])

    private struct Key: Hashable {
        let shape: ConvolutionShape
        let workspaceLimit: Int
    }

    /// More workspace gains little for 3×3 filters, and the planner counts it.
    private static let workspaceLimit = 256 << 20
    /// Engines that are timed against each other.
    private static let candidates = 6

    init(cudnn: CudnnHandle, options: CUDAOptions) {
        self.cudnn = cudnn
        self.options = options
    }

    func plan(_ shape: ConvolutionShape, workspaceLimit: Int = ConvolutionPlans.workspaceLimit) -> CUDAConvolutionPlan {
        let key = Key(shape: shape, workspaceLimit: workspaceLimit)
        if let known = plans.withLock({ $0[key] }) { return known }
        let plan = cudnn.context.withStream { _ in makePlan(shape, workspaceLimit) }
        // Another thread may have been faster; the same shape gives the same plan.
        return plans.withLock { plans in
            if let known = plans[key] { return known }
            plans[key] = plan
            return plan
        }
    }

    func gradient(_ shape: ConvolutionShape) -> WeightGradientPlan {
        if let known = gradients.withLock({ $0[shape] }) { return known }
        let plan = cudnn.context.withStream { _ in makeGradient(shape) }
        return gradients.withLock { plans in
            if let known = plans[shape] { return known }
            plans[shape] = plan
            return plan
        }
    }

    private func makePlan(_ shape: ConvolutionShape, _ limit: Int) -> CUDAConvolutionPlan {
        var refusal: NeuralNetError?
        for computed in shape.denseAlternatives {
            do throws(NeuralNetError) {
                let plain = try choose(.forward(bias: false, relu: false), computed, limit)
                var fused: [Bool: ExecutableGraph] = [:]
                for relu in [false, true] {
                    fused[relu] = try? choose(.forward(bias: true, relu: relu), computed, limit)
                }
                return CUDAConvolutionPlan(shape, computed: computed, plain: .success(plain), fused: fused)
            } catch {
                refusal = refusal ?? error
            }
        }
        return CUDAConvolutionPlan(
            shape, computed: shape, plain: .failure(refusal ?? noEngine(shape, "none was offered")), fused: [:])
    }

    private func makeGradient(_ shape: ConvolutionShape) -> WeightGradientPlan {
        var refusal: NeuralNetError?
        let results: [ElementType] = options.element == .float32 ? [.float32] : [.float32, options.element]
        for computed in shape.denseAlternatives {
            for result in results {
                do throws(NeuralNetError) {
                    let graph = try choose(.weightGradient(result), computed, ConvolutionPlans.workspaceLimit)
                    return WeightGradientPlan(computed: computed, graph: .success(graph))
                } catch {
                    refusal = refusal ?? error
                }
            }
        }
        return WeightGradientPlan(
            computed: shape, graph: .failure(refusal ?? noEngine(shape, "none was offered")))
    }

    private func choose(
        _ work: ConvolutionGraph.Work, _ shape: ConvolutionShape, _ limit: Int
    ) throws(NeuralNetError) -> ExecutableGraph {
        let graph = ConvolutionGraph(work: work, shape: shape, element: options.element)
        let demands = ConvolutionGraph.Demands(
            allowsTF32: options.allowsTF32, accuracy: shape.accuracy, workspaceLimit: limit)
        let engines: [ExecutableGraph]
        do throws(CudnnFailure) {
            engines = try graph.engines(
                cudnn, demands: demands, limit: options.isDeterministic ? 1 : ConvolutionPlans.candidates)
        } catch {
            throw noEngine(shape, error.words)
        }
        guard let first = engines.first else { throw noEngine(shape, "no engine meets the demands") }
        guard engines.count > 1 else { return first }
        return EngineTiming(cudnn).fastest(engines) ?? first
    }

    private func noEngine(_ shape: ConvolutionShape, _ cause: String) -> NeuralNetError {
        NeuralNetError(
            .device, operation: "convolution \(shape.input) to \(shape.outputChannels) channels",
            message: "cuDNN has no way to compute it as \(options.element.rawValue).", cause: cause)
    }
}

extension ConvolutionShape {
    /// The shape itself, then with the operands dense that are not: what is tried in turn.
    fileprivate var denseAlternatives: [ConvolutionShape] {
        let dense = ConvolutionShape(input: input, outputChannels: outputChannels, accuracy: accuracy)
        return dense == self ? [self] : [self, dense]
    }

    /// The same for another number of images, which must be at most the shape's.
    func with(images: Int) -> ConvolutionShape? {
        guard let input = try? input.with(n: images) else { return nil }
        return ConvolutionShape(
            input: input, outputChannels: outputChannels, inputPixels: inputPixels, outputPixels: outputPixels,
            accuracy: accuracy)
    }
}
