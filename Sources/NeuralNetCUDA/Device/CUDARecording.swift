import CCUDA
import CUDARuntime
import NeuralNet

/// Work that was recorded as a CUDA graph: one launch enqueues all of it.
///
/// `@unchecked Sendable`: the handle is constant, and launches go through the context.
public final class CUDARecording: @unchecked Sendable {
    fileprivate let executable: lt_cuda_graph_executable
    private let context: CUDAContext

    fileprivate init(_ executable: lt_cuda_graph_executable, context: CUDAContext) {
        self.executable = executable
        self.context = context
    }

    deinit {
        let (driver, executable) = (context.driver, executable)
        context.enqueue("release of recorded work") { stream in
            // The driver lets a graph end while it runs, but not its operands, which may go next.
            _ = driver.synchronizeStream(stream)
            return driver.destroyGraphExecutable(executable)
        }
    }
}

extension CUDABackend {
    public typealias Recording = CUDARecording

    public func record(_ work: () -> Void) -> CUDARecording? {
        context.withStream { stream in
            // What failed before belongs to earlier work; what fails now means that this work cannot be recorded.
            let earlier = context.takeFailure()
            let executable = executable(on: stream, work)
            let refused = context.takeFailure() != nil
            if let earlier { context.fail(earlier) }
            guard let executable, !refused else {
                if let executable { _ = context.driver.destroyGraphExecutable(executable) }
                return nil
            }
            return CUDARecording(executable, context: context)
        }
    }

    public func replay(_ recording: CUDARecording) {
        context.enqueue("recorded work") { context.driver.launchGraph(recording.executable, $0) }
    }

    private func executable(on stream: lt_cuda_stream, _ work: () -> Void) -> lt_cuda_graph_executable? {
        let driver = context.driver
        guard driver.beginCapture(stream, LT_CUDA_CAPTURE_THREAD_LOCAL.code) == LT_CUDA_SUCCESS.code else { return nil }
        work()
        var graph: lt_cuda_graph?
        let ended = driver.endCapture(stream, &graph)
        defer { if let graph { _ = driver.destroyGraph(graph) } }
        guard ended == LT_CUDA_SUCCESS.code, let graph else { return nil }
        var executable: lt_cuda_graph_executable?
        guard driver.instantiateGraph(&executable, graph, 0) == LT_CUDA_SUCCESS.code else { return nil }
        return executable
    }
}
