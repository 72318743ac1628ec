import CCUDA
import CUDARuntime
import NeuralNet

/// Pinned memory that the device copies a few bytes to.
public final class CUDAMailbox: Sendable {
    let memory: PinnedMemory

    init(_ memory: PinnedMemory) { self.memory = memory }
}

/// Memory, transfers and the end of work.
extension CUDABackend: DeviceMemory {
    public var description: String {
        let products =
            switch (options.element, options.allowsTF32) {
            case (.float32, true): "float32 (TF32 products)"
            case (let element, _): element.rawValue
            }
        return "\(device.name), \(products)"
    }

    public func availableBytes() -> Int {
        var free = 0
        var total = 0
        context.enqueue("free memory") { _ in context.driver.memoryInfo(&free, &total) }
        return free
    }

    public func allocate(bytes: Int) throws(NeuralNetError) -> CUDABuffer { try CUDABuffer(bytes: bytes, in: context) }

    public func upload(_ source: UnsafeRawBufferPointer, to slice: Slice) {
        staging.upload(UnsafeRawBufferPointer(rebasing: source.prefix(slice.bytes)), to: slice.address)
    }

    public func download(_ slice: Slice, to destination: UnsafeMutableRawBufferPointer) throws(NeuralNetError) {
        staging.download(
            slice.address, to: UnsafeMutableRawBufferPointer(rebasing: destination.prefix(slice.bytes)))
        try context.throwFailure()
    }

    public func upload(_ values: UnsafeBufferPointer<Float>, to view: View) {
        guard view.element != .float32 else { return upload(UnsafeRawBufferPointer(values), to: view.slice) }
        let size = view.element.bytes
        staging.upload(values) { source, first, count in
            cast(source, .float32, to: view.address + lt_cuda_address(first * size), view.element, count: count)
        }
    }

    public func download(_ view: View, to values: UnsafeMutableBufferPointer<Float>) throws(NeuralNetError) {
        guard view.element != .float32 else {
            return try download(view.slice, to: UnsafeMutableRawBufferPointer(values))
        }
        let size = view.element.bytes
        staging.download(to: values) { destination, first, count in
            cast(view.address + lt_cuda_address(first * size), view.element, to: destination, .float32, count: count)
        }
        try context.throwFailure()
    }

    public func synchronize() throws(NeuralNetError) { try context.synchronize() }

    public typealias Mailbox = CUDAMailbox

    public func makeMailbox(bytes: Int) throws(NeuralNetError) -> CUDAMailbox {
        CUDAMailbox(try PinnedMemory(bytes: bytes, in: context))
    }

    public func post(_ slice: Slice, to mailbox: CUDAMailbox) {
        let memory = mailbox.memory
        context.withStream { _ in
            context.enqueue("download") {
                context.driver.copyToHost(memory.address, slice.address, min(memory.bytes, slice.bytes), $0)
            }
            memory.markUsed()
        }
    }

    public func open(_ mailbox: CUDAMailbox) throws(NeuralNetError) -> [UInt8] {
        mailbox.memory.wait()
        try context.throwFailure()
        return Array(UnsafeRawBufferPointer(start: mailbox.memory.address, count: mailbox.memory.bytes))
    }
}
