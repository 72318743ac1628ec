import CCUDA
import CUDARuntime
import Foundation
import NeuralNet
import Synchronization

/// A device in use: its context, the stream that work is enqueued on, another for copies that come ahead of their work, and the
/// first failure that nobody has been told of.
///
/// `@unchecked Sendable`: the handles are constant and the driver may be called from any thread; cuDNN, cuBLASLt and the
/// recording of work allow one thread at a time, which `withStream` sees to.
final class CUDAContext: @unchecked Sendable {
    let driver: CUDADriver
    let device: CUDADevice
    let stream: lt_cuda_stream
    /// Copies to the device that go on beside the work. Whoever uses it sees to the order with events.
    let copies: lt_cuda_stream

    private let context: lt_cuda_context
    private let handle: lt_cuda_device
    private let lock = NSRecursiveLock()
    private let firstFailure = Mutex<NeuralNetError?>(nil)

    /// Throws `deviceBusy`, `deviceBroken`.
    init(_ device: CUDADevice, driver: CUDADriver) throws(CUDAUnavailable) {
        if let obstacle = device.obstacle { throw obstacle }
        handle = try driver.handle(of: device.index)
        var context: lt_cuda_context?
        try driver.check(driver.retainPrimaryContext(&context, handle))
        do throws(CUDAUnavailable) {
            try driver.check(driver.setCurrentContext(context))
            let stream = try CUDAContext.makeStream(driver)
            do throws(CUDAUnavailable) {
                copies = try CUDAContext.makeStream(driver)
            } catch {
                _ = driver.destroyStream(stream)
                throw error
            }
            guard let context else { throw CUDAUnavailable.deviceBroken(detail: "it gave no context") }
            self.context = context
            self.stream = stream
        } catch {
            _ = driver.releasePrimaryContext(handle)
            throw error
        }
        self.driver = driver
        self.device = device
    }

    private static func makeStream(_ driver: CUDADriver) throws(CUDAUnavailable) -> lt_cuda_stream {
        var stream: lt_cuda_stream?
        try driver.check(driver.createStream(&stream, UInt32(LT_CUDA_STREAM_NON_BLOCKING)))
        guard let stream else { throw CUDAUnavailable.deviceBroken(detail: "it gave no stream") }
        return stream
    }

    deinit {
        _ = driver.setCurrentContext(context)
        for stream in [copies, stream] {
            _ = driver.synchronizeStream(stream)
            _ = driver.destroyStream(stream)
        }
        _ = driver.releasePrimaryContext(handle)
    }

    /// Calls `body` with the context current and nobody else enqueueing. Calls may be nested.
    func withStream<Result>(_ body: (lt_cuda_stream) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        _ = driver.setCurrentContext(context)
        return body(stream)
    }

    /// Enqueues something; a failure is remembered.
    func enqueue(_ operation: String, _ call: (lt_cuda_stream) -> lt_cuda_result) {
        let result = withStream(call)
        guard result != LT_CUDA_SUCCESS.code else { return }
        fail(error(operation, result))
    }

    /// Calls the driver. Throws `outOfMemory`, `device`.
    func call(_ operation: String, _ call: (lt_cuda_stream) -> lt_cuda_result) throws(NeuralNetError) {
        let result = withStream(call)
        guard result == LT_CUDA_SUCCESS.code else { throw error(operation, result) }
    }

    /// Remembers a failure for the next `synchronize`, unless an earlier one waits.
    func fail(_ error: NeuralNetError) {
        firstFailure.withLock { if $0 == nil { $0 = error } }
    }

    /// Throws the failure that was remembered, and forgets it.
    func throwFailure() throws(NeuralNetError) {
        if let failure = takeFailure() { throw failure }
    }

    func takeFailure() -> NeuralNetError? {
        firstFailure.withLock { failure in
            defer { failure = nil }
            return failure
        }
    }

    /// Waits for everything enqueued. Throws the first failure.
    func synchronize() throws(NeuralNetError) {
        // Outside the lock, so that others can enqueue while this thread waits.
        withStream { _ in }
        let result = driver.synchronizeStream(stream)
        if result != LT_CUDA_SUCCESS.code { fail(error("GPU", result)) }
        try throwFailure()
    }

    private func error(_ operation: String, _ result: lt_cuda_result) -> NeuralNetError {
        Int(result) == LT_CUDA_OUT_OF_MEMORY
            ? NeuralNetError(
                .outOfMemory, operation: operation, message: "The GPU has too little free memory.",
                cause: driver.words(result))
            : NeuralNetError(
                .device, operation: operation, message: "The GPU failed.", cause: driver.words(result))
    }
}
