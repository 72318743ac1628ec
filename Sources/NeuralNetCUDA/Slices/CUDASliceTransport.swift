import CCUDA
import CUDARuntime
import NeuralNet

/// Slices go to the device on the stream of copies, so that they come while the batch before is worked on; pictures, labels and
/// the way back are on the stream of work.
///
/// `@unchecked Sendable`: one caller at a time, as the protocol says.
final class CUDASliceTransport: SliceTransport, @unchecked Sendable {
    typealias Buffer = CUDABuffer

    private let backend: CUDABackend
    private let layout: SliceTransportLayout
    private let slots: [SliceSlot]
    /// Between the passes of resampling; the stream of work uses it for one batch after the other.
    private var scratch: CUDABuffer
    /// slices × height × width × 1 float32; nil where no foreground is wanted.
    private let foreground: View?

    private var context: CUDAContext { backend.context }

    /// Throws `outOfMemory`, `device`.
    init(_ layout: SliceTransportLayout, on backend: CUDABackend) throws(NeuralNetError) {
        let context = backend.context
        slots = [try SliceSlot(layout, in: context), try SliceSlot(layout, in: context)]
        // Rectangles are squares around what is on the slice, seldom larger than it.
        let side = max(layout.width, layout.height) * 5 / 4
        let perSlice = max(layout.classes * layout.picture.h, layout.picture.w) * side * MemoryLayout<Float>.size
        scratch = try CUDABuffer(bytes: layout.slices * perSlice, in: context)
        let bytes = layout.picture.count * MemoryLayout<Float>.size
        foreground =
            layout.givesForeground
            ? DeviceView(
                buffer: try CUDABuffer(bytes: bytes, in: context), offset: 0, shape: layout.picture, stride: 1,
                element: .float32) : nil
        self.layout = layout
        self.backend = backend
    }

    func load(
        _ placements: [SlicePlacement], slot index: Int, fill: (UnsafeMutableBufferPointer<Int16>) -> Void
    ) throws(NeuralNetError) {
        let slot = slots[index]
        let (there, back) = (described(placements, slot, back: false), described(placements, slot, back: true))
        let thereBytes = ResampledSlices.bytes(of: there)
        let tableBytes = thereBytes + ResampledSlices.bytes(of: back)
        // Not before the last copy out of the host's memory is done.
        slot.hostVoxels.wait()
        try slot.reserveTable(tableBytes)
        try reserveScratch(placements)
        let pixels = placements.count * layout.width * layout.height
        fill(
            UnsafeMutableBufferPointer(
                start: slot.hostVoxels.address.assumingMemoryBound(to: Int16.self), count: pixels))
        let table = slot.table
        let toPictures = ResampledSlices(there, in: DeviceSlice(buffer: table, offset: 0, bytes: thereBytes))
        let restored = ResampledSlices(
            back, in: DeviceSlice(buffer: table, offset: thereBytes, bytes: tableBytes - thereBytes))
        toPictures.encoded(there).withUnsafeBytes { slot.hostTable.copy($0, at: 0) }
        restored.encoded(back).withUnsafeBytes { slot.hostTable.copy($0, at: thereBytes) }
        (slot.toPictures, slot.back) = (toPictures, restored)
        slot.consumed.hold(context.copies)
        copyToDevice(slot.hostVoxels, slot.voxels, bytes: pixels * MemoryLayout<Int16>.size)
        copyToDevice(slot.hostTable, table, bytes: tableBytes)
        slot.hostVoxels.event.mark(on: context.copies)
    }

    func makePictures(slot index: Int, _ values: PictureValues, into pictures: View) {
        let slot = slots[index]
        guard let slices = slot.toPictures else { return }
        slot.hostVoxels.event.hold(context.stream)
        backend.pictures(of: slices, values, into: pictures, scratch: scratchSlice)
    }

    func mirror(x: View, y: View) { backend.mirror(x: x, y: y) }

    func averageMirrored(x: View, mirrored z: View, y: View) { backend.averageMirrored(x: x, mirrored: z, y: y) }

    func restore(_ scores: View, slot index: Int) {
        let slot = slots[index]
        guard let slices = slot.back else { return }
        let pixels = slices.count * layout.width * layout.height
        backend.countNotFinite(
            scores.address, scores.element, count: scores.shape.count, adding: false, into: slot.notFinite)
        clear(slot.labels, pixels)
        backend.restoreLabels(scores, to: slices, scratch: scratchSlice)
        copyToHost(slot.labels.address, slot.hostLabels, bytes: pixels)
        if let values = slot.values, let host = slot.hostValues, let foreground {
            let shown = foreground.firstImages(slices.count)
            clear(values, pixels * MemoryLayout<Float>.size)
            backend.foreground(x: scores, probabilities: shown.slice)
            backend.restoreValues(shown, to: slices, scratch: scratchSlice)
            copyToHost(values.address, host, bytes: pixels * MemoryLayout<Float>.size)
        }
        copyToHost(slot.notFinite.address, slot.hostNotFinite, bytes: MemoryLayout<Int64>.size)
        slot.hostLabels.markUsed()
        slot.consumed.mark(on: context.stream)
    }

    func collect(
        slot index: Int, _ use: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Float>?) -> Void
    ) throws(NeuralNetError) {
        let slot = slots[index]
        slot.hostLabels.wait()
        try context.throwFailure()
        let bad = slot.hostNotFinite.address.load(as: Int64.self)
        guard bad == 0 else {
            throw NeuralNetError(
                .notFinite, operation: "output", message: "\(bad) of a batch's scores are NaN or infinite.")
        }
        let pixels = (slot.back?.count ?? 0) * layout.width * layout.height
        use(
            UnsafeBufferPointer(start: slot.hostLabels.address.assumingMemoryBound(to: UInt8.self), count: pixels),
            slot.hostValues.map {
                UnsafeBufferPointer(start: $0.address.assumingMemoryBound(to: Float.self), count: pixels)
            })
    }

    // MARK: - Parts

    private var scratchSlice: CUDABackend.Slice { DeviceSlice(buffer: scratch, offset: 0, bytes: scratch.bytes) }

    /// Slices as the kernels of one direction take them.
    private func described(_ placements: [SlicePlacement], _ slot: SliceSlot, back: Bool) -> [ResampledSlice] {
        let plane = layout.width * layout.height
        return placements.enumerated().map { place, placement in
            func part(_ buffer: CUDABuffer, _ size: Int) -> CUDABackend.Slice {
                DeviceSlice(buffer: buffer, offset: place * plane * size, bytes: plane * size)
            }
            return ResampledSlice(
                voxels: back ? nil : part(slot.voxels, MemoryLayout<Int16>.size),
                labels: back ? part(slot.labels, 1) : nil,
                values: back ? slot.values.map { part($0, MemoryLayout<Float>.size) } : nil, width: layout.width,
                height: layout.height, i: placement.i, j: placement.j,
                columns: back ? placement.columnsBack : placement.columns,
                rows: back ? placement.rowsBack : placement.rows)
        }
    }

    /// Rectangles larger than expected need more.
    private func reserveScratch(_ placements: [SlicePlacement]) throws(NeuralNetError) {
        let rows = placements.map(\.j.count).max() ?? 0
        let columns = placements.map(\.i.count).max() ?? 0
        let values = max(rows * layout.picture.w, layout.classes * layout.picture.h * columns)
        let bytes = placements.count * values * MemoryLayout<Float>.size
        guard bytes > scratch.bytes else { return }
        scratch = try CUDABuffer(bytes: bytes, in: context)
    }

    private func copyToDevice(_ host: PinnedMemory, _ buffer: CUDABuffer, bytes: Int) {
        context.enqueue("slices") { _ in
            context.driver.copyToDevice(buffer.address, host.address, bytes, context.copies)
        }
    }

    private func copyToHost(_ address: lt_cuda_address, _ host: PinnedMemory, bytes: Int) {
        context.enqueue("labels") { context.driver.copyToHost(host.address, address, bytes, $0) }
    }

    private func clear(_ buffer: CUDABuffer, _ bytes: Int) {
        context.enqueue("labels") { context.driver.fill(buffer.address, 0, bytes, $0) }
    }
}

extension PinnedMemory {
    fileprivate func copy(_ source: UnsafeRawBufferPointer, at offset: Int) {
        guard let base = source.baseAddress else { return }
        (address + offset).copyMemory(from: base, byteCount: source.count)
    }
}

extension CUDABackend {
    public var transportsSlices: Bool { true }

    public func makeSliceTransport(
        _ layout: SliceTransportLayout
    ) throws(NeuralNetError) -> (any SliceTransport<CUDABuffer>)? { try CUDASliceTransport(layout, on: self) }
}
