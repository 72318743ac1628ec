import CCUDA
import CUDARuntime
import NeuralNet

/// Times engines of one graph on the device, with operands of its shape.
struct EngineTiming {
    private let cudnn: CudnnHandle
    private let runs = 3

    init(_ cudnn: CudnnHandle) { self.cudnn = cudnn }

    /// The engine that took the least time, or nil where there is no memory or event for timing.
    func fastest(_ engines: [ExecutableGraph]) -> ExecutableGraph? {
        guard let graph = engines.first?.graph, let operands = try? Operands(graph, engines, cudnn.context) else {
            return nil
        }
        // What fails while timing says nothing about the work that waits.
        let earlier = cudnn.context.takeFailure()
        defer {
            _ = cudnn.context.takeFailure()
            if let earlier { cudnn.context.fail(earlier) }
        }
        var best: (engine: ExecutableGraph, milliseconds: Float)?
        for engine in engines {
            guard let time = milliseconds(engine, operands), time < best?.milliseconds ?? .infinity else { continue }
            best = (engine, time)
        }
        return best?.engine
    }

    private func milliseconds(_ engine: ExecutableGraph, _ operands: Operands) -> Float? {
        let driver = cudnn.context.driver
        func run() -> Bool {
            do throws(CudnnFailure) {
                try engine.run(operands.addresses, workspace: operands.workspace.address, on: cudnn)
                return true
            } catch {
                return false
            }
        }
        return cudnn.context.withStream { stream in
            var start: lt_cuda_event?
            var end: lt_cuda_event?
            guard driver.createEvent(&start, 0) == LT_CUDA_SUCCESS.code else { return nil }
            defer { _ = driver.destroyEvent(start) }
            guard driver.createEvent(&end, 0) == LT_CUDA_SUCCESS.code else { return nil }
            defer { _ = driver.destroyEvent(end) }
            // The first run loads the engine's code.
            guard run(), driver.recordEvent(start, stream) == LT_CUDA_SUCCESS.code else { return nil }
            for _ in 0..<runs where !run() { return nil }
            var time: Float = 0
            guard driver.recordEvent(end, stream) == LT_CUDA_SUCCESS.code,
                driver.synchronizeEvent(end) == LT_CUDA_SUCCESS.code,
                driver.elapsedTime(&time, start, end) == LT_CUDA_SUCCESS.code
            else { return nil }
            return time
        }
    }

    /// Zeros of the operands' sizes.
    private struct Operands {
        let addresses: [(ConvolutionGraph.Tensor, lt_cuda_address)]
        let workspace: CUDABuffer
        private let buffers: [CUDABuffer]

        init(
            _ graph: ConvolutionGraph, _ engines: [ExecutableGraph], _ context: CUDAContext
        ) throws(NeuralNetError) {
            let shape = graph.shape
            let size = graph.element.bytes
            let weights = 9 * shape.input.c * shape.outputChannels * MemoryLayout<Float>.size
            let parts: [(ConvolutionGraph.Tensor, Int)] = [
                (.x, shape.input.pixels * shape.inputPixels.stride * size), (.weights, weights),
                (.y, shape.input.pixels * shape.outputPixels.stride * size),
                (.bias, shape.outputChannels * MemoryLayout<Float>.size),
            ]
            var buffers: [CUDABuffer] = []
            for (_, bytes) in parts { buffers.append(try CUDABuffer(bytes: bytes, in: context)) }
            addresses = zip(parts, buffers).compactMap { part, buffer in
                graph.uses(part.0) ? (part.0, buffer.address) : nil
            }
            self.buffers = buffers
            workspace = try CUDABuffer(bytes: engines.map(\.workspaceBytes).max() ?? 0, in: context)
        }
    }
}

extension ConvolutionGraph {
    /// Whether the graph has this tensor in memory.
    func uses(_ tensor: Tensor) -> Bool {
        switch (tensor, work) {
        case (.x, _), (.weights, _), (.y, _): true
        case (.bias, .forward(bias: true, _)): true
        default: false
        }
    }
}
