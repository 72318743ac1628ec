import CCUDA
import CUDARuntime
import NeuralNet

/// A graph with one of cuDNN's engines, ready to run.
struct ExecutableGraph: Sendable {
    let graph: ConvolutionGraph
    /// The graph as cuDNN knows it, which the plan refers to.
    let operations: CudnnDescriptor
    let plan: CudnnDescriptor
    let workspaceBytes: Int
    let notes: Set<Int>

    /// Enqueues it with these addresses, by the tensors' names. Throws what cuDNN says.
    func run(
        _ addresses: [(ConvolutionGraph.Tensor, lt_cuda_address)], workspace: lt_cuda_address, on cudnn: CudnnHandle
    ) throws(CudnnFailure) {
        let pack = try CudnnDescriptor(LT_CUDNN_VARIANT_PACK, cudnn.source)
        try pack.set(LT_CUDNN_VARIANT_PACK_UNIQUE_IDS, LT_CUDNN_TYPE_INT64, addresses.map { $0.0.rawValue })
        try pack.set(
            LT_CUDNN_VARIANT_PACK_DATA_POINTERS, LT_CUDNN_TYPE_VOID_PTR,
            addresses.map { UnsafeRawPointer(bitPattern: UInt($0.1)) })
        try pack.set(
            LT_CUDNN_VARIANT_PACK_WORKSPACE, LT_CUDNN_TYPE_VOID_PTR, [UnsafeRawPointer(bitPattern: UInt(workspace))])
        try pack.finalize()
        let status = cudnn.context.withStream { _ in cudnn.library.execute(cudnn.handle, plan.raw, pack.raw) }
        guard status == LT_CUDNN_SUCCESS.code else { throw CudnnFailure(status, cudnn.library) }
    }
}

extension ConvolutionGraph {
    /// Which engines a result may come from.
    struct Demands: Hashable, Sendable {
        let allowsTF32: Bool
        let accuracy: ConvolutionAccuracy
        let workspaceLimit: Int

        func allow(_ notes: Set<Int>, element: ElementType) -> Bool {
            // The same operands give the same bits; sums are float32; FFT's error grows with the image.
            let never = [
                LT_CUDNN_NOTE_NONDETERMINISTIC, LT_CUDNN_NOTE_REDUCED_PRECISION_REDUCTION, LT_CUDNN_NOTE_FFT,
                LT_CUDNN_NOTE_WINOGRAD_TILE_13X13,
            ]
            var refused = Set(never)
            if accuracy == .high { refused.formUnion([LT_CUDNN_NOTE_WINOGRAD, LT_CUDNN_NOTE_WINOGRAD_TILE_6X6]) }
            // On float32, tensor cores mean TF32.
            if element == .float32 {
                refused.insert(LT_CUDNN_NOTE_DOWN_CONVERT_INPUTS)
                if !allowsTF32 { refused.insert(LT_CUDNN_NOTE_TENSOR_CORE) }
            }
            return notes.isDisjoint(with: refused)
        }
    }

    /// The engines that meet the demands, those that cuDNN expects to be fastest first; at most `limit`. Empty when cuDNN has
    /// none for this graph. Throws when cuDNN refuses the graph itself.
    func engines(
        _ cudnn: CudnnHandle, demands: Demands, limit: Int
    ) throws(CudnnFailure) -> [ExecutableGraph] {
        let graph = try build(cudnn)
        var found: [ExecutableGraph] = []
        for mode in [LT_CUDNN_HEURISTIC_A, LT_CUDNN_HEURISTIC_FALLBACK] where found.isEmpty {
            for configuration in (try? configurations(graph, mode, cudnn)) ?? [] where found.count < limit {
                // An engine that cannot be made ready is as good as absent: cuDNN lists some that a device lacks.
                guard let engine = try? executable(configuration, of: graph, cudnn),
                    engine.workspaceBytes <= demands.workspaceLimit,
                    demands.allow(engine.notes, element: element)
                else { continue }
                found.append(engine)
            }
        }
        return found
    }

    private static let configurationLimit = 32

    private func configurations(
        _ graph: CudnnDescriptor, _ mode: Int, _ cudnn: CudnnHandle
    ) throws(CudnnFailure) -> [CudnnDescriptor] {
        let heuristic = try CudnnDescriptor(LT_CUDNN_ENGINE_HEURISTIC, cudnn.source)
        try heuristic.set(LT_CUDNN_HEURISTIC_OPERATION_GRAPH, [graph])
        try heuristic.set(LT_CUDNN_HEURISTIC_MODE, LT_CUDNN_TYPE_HEURISTIC_MODE, [mode.code])
        try heuristic.finalize()
        return try heuristic.get(
            LT_CUDNN_HEURISTIC_RESULTS, type: LT_CUDNN_ENGINE_CONFIG, limit: ConvolutionGraph.configurationLimit)
    }

    private func executable(
        _ configuration: CudnnDescriptor, of operations: CudnnDescriptor, _ cudnn: CudnnHandle
    ) throws(CudnnFailure) -> ExecutableGraph {
        let engines = try configuration.get(LT_CUDNN_ENGINE_CONFIG_ENGINE, type: LT_CUDNN_ENGINE, limit: 1)
        var notes: [Int32] = []
        if let engine = engines.first {
            notes = try engine.get(
                LT_CUDNN_ENGINE_NUMERICAL_NOTE, LT_CUDNN_TYPE_NUMERICAL_NOTE, limit: LT_CUDNN_NOTE_COUNT, of: Int32(0))
        }
        let plan = try CudnnDescriptor(LT_CUDNN_EXECUTION_PLAN, cudnn.source)
        try plan.set(LT_CUDNN_EXECUTION_PLAN_HANDLE, LT_CUDNN_TYPE_HANDLE, [cudnn.handle])
        try plan.set(LT_CUDNN_EXECUTION_PLAN_ENGINE_CONFIG, [configuration])
        try plan.finalize()
        let workspace = try plan.get(
            LT_CUDNN_EXECUTION_PLAN_WORKSPACE_SIZE, LT_CUDNN_TYPE_INT64, limit: 1, of: Int64(0))
        return ExecutableGraph(
            graph: self, operations: operations, plan: plan, workspaceBytes: Int(workspace.first ?? 0),
            notes: Set(notes.map { Int($0) }))
    }
}
