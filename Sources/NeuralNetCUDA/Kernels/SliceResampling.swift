import CCUDA
import CCUDAKernels
import NeuralNet

/// How a row of pixels becomes another: output o is Σ weights[t] · input[firsts[o] + t − starts[o]] over t in
/// starts[o] ..< starts[o + 1].
package struct ResizeTaps: Sendable {
    package let firsts: [Int32]
    /// One more than `firsts`.
    package let starts: [Int32]
    package let weights: [Float]

    package init(firsts: [Int32], starts: [Int32], weights: [Float]) {
        self.firsts = firsts
        self.starts = starts
        self.weights = weights
    }
}

/// What a picture shows beyond its slice, how far HU are clamped before they are averaged, and which become −1 and 1.
package struct PictureValues: Sendable {
    package var outside: Float = -1000
    package var clamp: ClosedRange<Int16> = .min ... .max
    package var window: ClosedRange<Float>

    package init(window: ClosedRange<Float>) { self.window = window }
}

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
    private let taps: CUDABackend.Slice
    private let memory: [CUDABackend.Slice?]

    /// Throws `outOfMemory`, `device`.
    package init(_ slices: [ResampledSlice], on backend: CUDABackend) throws(NeuralNetError) {
        var words = TapMemory()
        let places = slices.map { (words.add($0.columns), words.add($0.rows)) }
        taps = try words.uploaded(to: backend)
        memory = slices.flatMap { [$0.voxels, $0.labels, $0.values] }
        let base = taps.address
        let described = zip(slices, places).map { slice, place in
            lt_resampled_slice(
                voxels: slice.voxels?.address ?? 0, labels: slice.labels?.address ?? 0,
                values: slice.values?.address ?? 0, columns: place.0.filter(at: base), rows: place.1.filter(at: base),
                size_i: Int32(slice.width), size_j: Int32(slice.height), first_i: Int32(slice.i.lowerBound),
                count_i: Int32(slice.i.count), first_j: Int32(slice.j.lowerBound), count_j: Int32(slice.j.count))
        }
        let bytes = max(described.count, 1) * MemoryLayout<lt_resampled_slice>.stride
        let array = DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
        described.withUnsafeBytes { backend.upload($0, to: array) }
        self.slices = array
        count = slices.count
        rows = slices.map(\.j.count).max() ?? 0
        columns = slices.map(\.i.count).max() ?? 0
    }
}

/// The taps of several filters behind each other, in words of four bytes.
private struct TapMemory {
    struct Place {
        let firsts, starts, weights: Int

        func filter(at base: lt_cuda_address) -> lt_resize_filter {
            lt_resize_filter(
                firsts: base + lt_address(4 * firsts), starts: base + lt_address(4 * starts),
                weights: base + lt_address(4 * weights))
        }
    }

    private var words: [UInt32] = []

    mutating func add(_ taps: ResizeTaps) -> Place {
        let place = Place(
            firsts: words.count, starts: words.count + taps.firsts.count,
            weights: words.count + taps.firsts.count + taps.starts.count)
        words += taps.firsts.map { UInt32(bitPattern: $0) }
        words += taps.starts.map { UInt32(bitPattern: $0) }
        words += taps.weights.map(\.bitPattern)
        return place
    }

    func uploaded(to backend: CUDABackend) throws(NeuralNetError) -> CUDABackend.Slice {
        let bytes = max(words.count, 1) * 4
        let slice = DeviceSlice(buffer: try backend.allocate(bytes: bytes), offset: 0, bytes: bytes)
        words.withUnsafeBytes { backend.upload($0, to: slice) }
        return slice
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
