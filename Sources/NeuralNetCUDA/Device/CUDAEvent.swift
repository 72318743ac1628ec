import CCUDA
import CUDARuntime
import NeuralNet

/// A moment in a stream's work that the host or the other stream can wait for. One that was never marked has passed.
///
/// `@unchecked Sendable`: the handle is constant, and the driver may be called from any thread.
final class CUDAEvent: @unchecked Sendable {
    private let event: lt_cuda_event
    private let context: CUDAContext

    /// Throws `outOfMemory`, `device`.
    init(in context: CUDAContext) throws(NeuralNetError) {
        var event: lt_cuda_event?
        try context.call("creation of an event") { _ in
            context.driver.createEvent(&event, UInt32(LT_CUDA_EVENT_DISABLE_TIMING))
        }
        guard let event else {
            throw NeuralNetError(.device, operation: "creation of an event", message: "The GPU's driver gave none.")
        }
        self.event = event
        self.context = context
    }

    deinit {
        let (driver, event) = (context.driver, event)
        context.enqueue("release of an event") { _ in driver.destroyEvent(event) }
    }

    /// Marks the moment when all is done that a stream was given so far.
    func mark(on stream: lt_cuda_stream) {
        context.enqueue("event") { _ in context.driver.recordEvent(event, stream) }
    }

    /// What a stream is given from now on waits for the moment.
    func hold(_ stream: lt_cuda_stream) {
        context.enqueue("event") { _ in context.driver.waitEvent(stream, event, 0) }
    }

    /// The host waits.
    func wait() {
        let result = context.driver.synchronizeEvent(event)
        if result != LT_CUDA_SUCCESS.code { context.enqueue("transfer") { _ in result } }
    }
}
