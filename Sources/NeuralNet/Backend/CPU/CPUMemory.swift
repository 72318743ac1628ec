import CKernels
import Platform
import Synchronization

/// Host memory as the CPU backend's device memory.
public struct CPUBuffer: Sendable {
    let storage: AlignedStorage
}

extension CPUBackend {
    public func availableBytes() -> Int { SystemMemory.now.available.map { Int(clamping: $0) } ?? .max }

    public func allocate(bytes: Int) throws(NeuralNetError) -> CPUBuffer {
        CPUBuffer(storage: try AlignedStorage(bytes: bytes, operation: "CPU backend"))
    }

    public func upload(_ source: UnsafeRawBufferPointer, to slice: Slice) {
        guard let start = source.baseAddress else { return }
        slice.address.copyMemory(from: start, byteCount: min(source.count, slice.bytes))
    }

    public func download(_ slice: Slice, to destination: UnsafeMutableRawBufferPointer) throws(NeuralNetError) {
        guard let start = destination.baseAddress else { return }
        start.copyMemory(from: slice.address, byteCount: min(destination.count, slice.bytes))
    }

    public func synchronize() throws(NeuralNetError) {}

    public func makeMailbox(bytes: Int) throws(NeuralNetError) -> CPUMailbox { CPUMailbox(bytes: bytes) }

    public func post(_ slice: Slice, to mailbox: CPUMailbox) {
        mailbox.content.withLock { content in
            content.withUnsafeMutableBytes {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: slice.address, count: min($0.count, slice.bytes)))
            }
        }
    }

    public func open(_ mailbox: CPUMailbox) throws(NeuralNetError) -> [UInt8] { mailbox.content.withLock { $0 } }
}

/// Bytes that were copied for later.
public final class CPUMailbox: Sendable {
    let content: Mutex<[UInt8]>

    init(bytes: Int) { content = Mutex([UInt8](repeating: 0, count: bytes)) }
}

extension DeviceSlice where Buffer == CPUBuffer {
    var address: UnsafeMutableRawPointer { buffer.storage.address + offset }
    var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
    var indices: UnsafeMutablePointer<UInt8> { address.assumingMemoryBound(to: UInt8.self) }
    var floatCount: Int { bytes / MemoryLayout<Float>.size }
}

extension DeviceView where Buffer == CPUBuffer {
    /// The view as the kernels take it.
    var kernel: lt_view {
        let data = (buffer.storage.address + offset).assumingMemoryBound(to: Float.self)
        return lt_view(
            data: data, n: Int64(shape.n), h: Int64(shape.h), w: Int64(shape.w), c: Int64(shape.c),
            stride: Int64(stride))
    }
}
