import CCUDA
import CCUDAKernels
import CUDARuntime
import NeuralNet

/// A slice and the rectangle of it that a network sees. In one direction `voxels` are read, in the other `labels` and
/// `values` are written; the taps are those of that direction.
package struct ResampledSlice {
    /// int16 HU, rows of `width`.
    var voxels: CUDABackend.Slice?
    /// Bytes.
    var labels: CUDABackend.Slice?
    /// float32.
    var values: CUDABackend.Slice?
    let width, height: Int
    /// The rectangle; it may reach beyond the slice.
    let i, j: Range<Int>
    let columns, rows: ResizeTaps

    package init(
        voxels: CUDABackend.Slice? = nil, labels: CUDABackend.Slice? = nil, values: CUDABackend.Slice? = nil,
        width: Int, height: Int, i: Range<Int>, j: Range<Int>, columns: ResizeTaps, rows: ResizeTaps
    ) {
        self.voxels = voxels
        self.labels = labels
        self.values = values
        self.width = width
        self.height = height
        self.i = i
        self.j = j
        self.columns = columns
        self.rows = rows
    }
}

/// Slices as the kernels take them, in device memory with their taps.
package struct ResampledSlices {
    let slices: CUDABackend.Slice
    let count: Int
    /// The most rows and columns of a rectangle.
    let rows, columns: Int
    /// What the kernels reach through the slices, kept alive.
    private let memory: [CUDABackend.Slice?]

    /// Throws `outOfMemory`, `device`.
    package init(_ slices: [ResampledSlice], on backend: CUDABackend) throws(NeuralNetError) {
        let bytes = ResampledSlices.bytes(of: slices)
        let table = DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
        self.init(slices, in: table)
        encoded(slices).withUnsafeBytes { backend.upload($0, to: table) }
    }

    /// In memory that will hold `encoded(slices)`, and has room for `bytes(of:)`.
    init(_ slices: [ResampledSlice], in table: CUDABackend.Slice) {
        self.slices = table
        count = slices.count
        rows = slices.map(\.j.count).max() ?? 0
        columns = slices.map(\.i.count).max() ?? 0
        memory = slices.flatMap { [$0.voxels, $0.labels, $0.values] }
    }

    static func bytes(of slices: [ResampledSlice]) -> Int {
        let taps = slices.reduce(0) { $0 + $1.columns.words + $1.rows.words }
        // Whole multiples of eight bytes, so that another table can follow.
        return max(slices.count * MemoryLayout<lt_resampled_slice>.stride + (taps + taps % 2) * 4, 8)
    }

    /// What the device memory holds: the slices, and behind them their taps.
    func encoded(_ slices: [ResampledSlice]) -> [UInt32] {
        let head = slices.count * MemoryLayout<lt_resampled_slice>.stride
        var taps = TapMemory(base: self.slices.address + lt_address(head))
        let described = slices.map { slice in
            lt_resampled_slice(
                voxels: slice.voxels?.address ?? 0, labels: slice.labels?.address ?? 0,
                values: slice.values?.address ?? 0, columns: taps.add(slice.columns), rows: taps.add(slice.rows),
                size_i: Int32(slice.width), size_j: Int32(slice.height), first_i: Int32(slice.i.lowerBound),
                count_i: Int32(slice.i.count), first_j: Int32(slice.j.lowerBound), count_j: Int32(slice.j.count))
        }
        return described.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) } + taps.words
    }
}

extension ResizeTaps {
    /// Of four bytes.
    fileprivate var words: Int { firsts.count + starts.count + weights.count }
}

/// The taps of several filters behind each other, in words of four bytes.
private struct TapMemory {
    let base: lt_address
    private(set) var words: [UInt32] = []

    init(base: lt_address) { self.base = base }

    mutating func add(_ taps: ResizeTaps) -> lt_resize_filter {
        let start = words.count
        words += taps.firsts.map { UInt32(bitPattern: $0) }
        words += taps.starts.map { UInt32(bitPattern: $0) }
        words += taps.weights.map(\.bitPattern)
        func address(_ word: Int) -> lt_address { base + lt_address(4 * word) }
        return lt_resize_filter(
            firsts: address(start), starts: address(start + taps.firsts.count),
            weights: address(start + taps.firsts.count + taps.starts.count))
    }
}

extension CUDABackend {
    /// Scratch bytes of `pictures`.
    package func pictureScratchBytes(_ slices: ResampledSlices, width: Int) -> Int {
        slices.count * slices.rows * width * 4
    }

    /// Image k of `pictures` (one channel) = slice k's rectangle resized, in the network's range.
    package func pictures(of slices: ResampledSlices, _ values: PictureValues, into pictures: View, scratch: Slice) {
        let arguments = lt_picture_arguments(
            slices: slices.slices.address, between: scratch.address, pictures: pictures.kernel,
            between_rows: Int64(slices.rows), outside: values.outside, lower: values.window.lowerBound,
            upper: values.window.upperBound, clamp_low: Int32(values.clamp.lowerBound),
            clamp_high: Int32(values.clamp.upperBound), unused: 0)
        launch(
            "resampling", "picture_columns", items: slices.rows * pictures.shape.w, slices: slices.count, arguments)
        launch(
            "resampling", "picture_rows" + pictures.suffix, items: pictures.shape.h * pictures.shape.w,
            slices: slices.count, arguments)
    }

    /// Scratch bytes of `restoreLabels` and `restoreValues`.
    package func restoreScratchBytes(_ slices: ResampledSlices, scores: Shape) -> Int {
        slices.count * scores.c * scores.h * slices.columns * 4
    }

    /// The likeliest class of every pixel of slice k's rectangle from image k of `scores`, resized back; of equal ones the
    /// lowest. Pixels outside keep their label.
    package func restoreLabels(_ scores: View, to slices: ResampledSlices, scratch: Slice) {
        restore("restore_labels", scores, to: slices, scratch)
    }

    /// Channel 0 of image k, resized back to slice k's rectangle. Pixels outside keep their value.
    package func restoreValues(_ values: View, to slices: ResampledSlices, scratch: Slice) {
        restore("restore_values", values, to: slices, scratch)
    }

    private func restore(_ name: String, _ scores: View, to slices: ResampledSlices, _ scratch: Slice) {
        let arguments = lt_restore_arguments(
            slices: slices.slices.address, between: scratch.address, scores: scores.kernel,
            between_columns: Int64(slices.columns))
        launch(
            "resampling", "restore_columns" + scores.suffix, items: scores.shape.c * scores.shape.h * slices.columns,
            slices: slices.count, arguments)
        launch("resampling", name, items: slices.rows * slices.columns, slices: slices.count, arguments)
    }

    /// y = x with left and right exchanged; not in place.
    package func mirror(x: View, y: View) { mirrored("mirror", x: x, z: x, y: y) }

    /// y = the mean of x and of z with left and right exchanged; y may be x.
    package func averageMirrored(x: View, mirrored z: View, y: View) { mirrored("average_mirrored", x: x, z: z, y: y) }

    private func mirrored(_ name: String, x: View, z: View, y: View) {
        launch(
            "resampling", name + y.suffix, items: y.shape.count,
            lt_elementwise_arguments(x: x.kernel, z: z.kernel, y: y.kernel, vector: 0))
    }
}
