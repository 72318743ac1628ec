/// A device that runs a network's operations.
///
/// Contract, for implementers:
/// - Every shape, stride, label range and size is checked by the caller; a backend checks none.
/// - Operations are enqueued: they may return before they have run, they run as if one after the other. The first that
///   fails is remembered and thrown by the next `synchronize` or read-back; what is enqueued after it may do nothing.
/// - An operation allocates no memory. Whatever it needs beside its operands is a `scratch` slice whose size the backend
///   named beforehand.
/// - The same operations with the same operands give the same bits, however many threads run them.
/// - Weights are float32. 3×3 convolutions: HWIO [3][3][in][out]. 1×1: [in][out]. Transposed: [in][2][2][out].
public typealias Backend = DeviceMemory & ConvolutionOperations & ProductOperations & LayerOperations
    & TrainingOperations & OptimizerOperations

/// Memory of a device, and the moment when its work is done.
public protocol DeviceMemory: AnyObject, Sendable {
    /// A block of device memory; freed with its last reference.
    associatedtype Buffer: Sendable
    typealias Slice = DeviceSlice<Buffer>
    typealias View = DeviceView<Buffer>

    /// What runs the work, in words, for logs and tables.
    var description: String { get }

    /// How activations and their gradients are stored; float32 unless a backend says otherwise.
    var activationElement: ElementType { get }

    /// Bytes that can still be allocated, as far as the system tells.
    func availableBytes() -> Int

    /// A block of `bytes` zeros, aligned to at least 64 bytes. Throws `outOfMemory`, `device`.
    func allocate(bytes: Int) throws(NeuralNetError) -> Buffer

    /// Copies host bytes to the device. The host memory may change as soon as the call returns.
    func upload(_ source: UnsafeRawBufferPointer, to slice: Slice)

    /// Waits for the work so far and copies its result to the host. Throws `device` when an operation had failed.
    func download(_ slice: Slice, to destination: UnsafeMutableRawBufferPointer) throws(NeuralNetError)

    /// Copies float32 values to a dense activation of the same number of values, in its element type.
    func upload(_ values: UnsafeBufferPointer<Float>, to view: View)

    /// Waits for the work so far and copies a dense activation to the host as float32. Throws `device` when an operation
    /// had failed.
    func download(_ view: View, to values: UnsafeMutableBufferPointer<Float>) throws(NeuralNetError)

    /// Waits until everything enqueued has run. Throws `device` when an operation failed.
    func synchronize() throws(NeuralNetError)

    /// Whether the device makes pictures of slices and labels of scores; where not, the host does.
    var transportsSlices: Bool { get }

    /// Memory for batches of slices on their way through the device; nil where it does not transport slices. Throws
    /// `outOfMemory`, `device`.
    func makeSliceTransport(_ layout: SliceTransportLayout) throws(NeuralNetError) -> (any SliceTransport<Buffer>)?

    /// Host memory that the device copies a few bytes to, for the host to look at later.
    associatedtype Mailbox: Sendable

    /// A mailbox for `bytes` bytes. Throws `outOfMemory`, `device`.
    func makeMailbox(bytes: Int) throws(NeuralNetError) -> Mailbox

    /// Enqueues a copy of a slice of the mailbox's size.
    func post(_ slice: Slice, to mailbox: Mailbox)

    /// The bytes that the last `post` copied; waits for the work enqueued before it, not for what came after. Throws
    /// `device` when an operation had failed.
    func open(_ mailbox: Mailbox) throws(NeuralNetError) -> [UInt8]

    /// Work that was recorded once and is enqueued as a whole from then on.
    associatedtype Recording: Sendable = Never

    /// Records what `work` enqueues, without running it. Nil where the backend cannot, or not this work; then nothing has
    /// happened. The operands must outlive the recording.
    func record(_ work: () -> Void) -> Recording?

    /// Enqueues recorded work, with the operands it was recorded with.
    func replay(_ recording: Recording)
}

extension DeviceMemory {
    public var activationElement: ElementType { .float32 }

    public func upload(_ values: UnsafeBufferPointer<Float>, to view: View) {
        upload(UnsafeRawBufferPointer(values), to: view.slice)
    }

    public func download(_ view: View, to values: UnsafeMutableBufferPointer<Float>) throws(NeuralNetError) {
        try download(view.slice, to: UnsafeMutableRawBufferPointer(values))
    }

    /// The values of a dense activation; waits for the work so far.
    func downloadFloats(_ view: View) throws(NeuralNetError) -> [Float] {
        var values = [Float](repeating: 0, count: view.shape.count)
        var failure: NeuralNetError?
        values.withUnsafeMutableBufferPointer { values in
            do throws(NeuralNetError) { try download(view, to: values) } catch { failure = error }
        }
        if let failure { throw failure }
        return values
    }

    /// The bytes of a slice; waits for the work so far.
    func downloadBytes(_ slice: Slice) throws(NeuralNetError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: slice.bytes)
        var failure: NeuralNetError?
        bytes.withUnsafeMutableBytes { bytes in
            do throws(NeuralNetError) { try download(slice, to: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Copies values to the device; `slice` must have their size.
    func upload(_ values: [Float], to slice: Slice) {
        values.withUnsafeBytes { upload($0, to: slice) }
    }

    /// The float32 values of a slice; waits for the work so far.
    func downloadFloats(_ slice: Slice) throws(NeuralNetError) -> [Float] {
        var values = [Float](repeating: 0, count: slice.bytes / MemoryLayout<Float>.size)
        try downloadFloats(slice, to: &values)
        return values
    }

    /// Copies a slice into an array of its size; waits for the work so far.
    func downloadFloats(_ slice: Slice, to values: inout [Float]) throws(NeuralNetError) {
        // The array's own closure cannot name the error's type, so the outcome travels in a variable.
        var failure: NeuralNetError?
        values.withUnsafeMutableBytes { bytes in
            do throws(NeuralNetError) { try download(slice, to: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// A backend that runs its operations one by one.
extension DeviceMemory where Recording == Never {
    public func record(_ work: () -> Void) -> Never? { nil }
    public func replay(_ recording: Never) {}
}
