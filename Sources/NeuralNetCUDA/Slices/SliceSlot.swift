import CCUDA
import CUDARuntime
import NeuralNet

/// One batch's memory on the device and, pinned, on the host.
///
/// `@unchecked Sendable`: the transport lets one thread at a time use it.
final class SliceSlot: @unchecked Sendable {
    let voxels: CUDABuffer
    let labels: CUDABuffer
    /// Nil where no foreground is wanted.
    let values: CUDABuffer?
    /// How many scores are not finite.
    let notFinite: CUDABackend.Slice
    let hostVoxels: PinnedMemory
    let hostLabels: PinnedMemory
    let hostValues: PinnedMemory?
    let hostNotFinite: PinnedMemory
    /// When the work has read all that was loaded.
    let consumed: CUDAEvent
    /// The batch that was loaded last, for both ways.
    var toPictures: ResampledSlices?
    var back: ResampledSlices?

    private(set) var table: CUDABuffer
    private(set) var hostTable: PinnedMemory
    private let context: CUDAContext

    /// Throws `outOfMemory`, `device`.
    init(_ layout: SliceTransportLayout, in context: CUDAContext) throws(NeuralNetError) {
        let pixels = layout.slices * layout.width * layout.height
        let valueBytes = pixels * MemoryLayout<Float>.size
        voxels = try CUDABuffer(bytes: pixels * MemoryLayout<Int16>.size, in: context)
        labels = try CUDABuffer(bytes: pixels, in: context)
        values = layout.givesForeground ? try CUDABuffer(bytes: valueBytes, in: context) : nil
        notFinite = DeviceSlice(
            buffer: try CUDABuffer(bytes: 8, in: context), offset: 0,
            bytes: 8)
        hostVoxels = try PinnedMemory(bytes: pixels * MemoryLayout<Int16>.size, in: context)
        hostLabels = try PinnedMemory(bytes: pixels, in: context)
        hostValues = layout.givesForeground ? try PinnedMemory(bytes: valueBytes, in: context) : nil
        hostNotFinite = try PinnedMemory(bytes: MemoryLayout<Int64>.size, in: context)
        consumed = try CUDAEvent(in: context)
        table = try CUDABuffer(bytes: 8, in: context)
        hostTable = try PinnedMemory(bytes: 8, in: context)
        self.context = context
        // New memory is filled with zeros by the stream of work; copies come after that.
        consumed.mark(on: context.stream)
    }

    /// Makes room for descriptions of a batch, with some to spare. Throws `outOfMemory`, `device`.
    func reserveTable(_ bytes: Int) throws(NeuralNetError) {
        guard bytes > table.bytes else { return }
        let room = bytes + bytes / 4
        table = try CUDABuffer(bytes: room, in: context)
        hostTable = try PinnedMemory(bytes: room, in: context)
        consumed.mark(on: context.stream)
    }
}
