import CModelPlugin
import Imaging
import Segmentation

/// The host's buffers as volumes of a few slices, and the way back; valid for the length of a call.
struct RequestedSlices {
    let wanted: [Int]
    private let request: lungtriage_segment_request
    private let columns: Int
    private let rows: Int
    private let volume: UnsafePointer<Int16>
    private let labels: UnsafeMutablePointer<UInt8>
    private var plane: Int { columns * rows }

    /// Throws `PluginFailure` for buffers that are missing and slices that there are not.
    init(_ request: lungtriage_segment_request) throws(PluginFailure) {
        guard let volume = request.volume, let labels = request.labels, let slices = request.slices else {
            throw PluginFailure(LUNGTRIAGE_BAD_INPUT, "The host left out the volume, the slices or the labels.")
        }
        let count = Int(request.shape.slices)
        wanted = UnsafeBufferPointer(start: slices, count: Int(request.slice_count)).map { Int($0) }
        guard wanted.allSatisfy({ $0 < count }) else {
            throw PluginFailure(LUNGTRIAGE_BAD_INPUT, "The host asked for a slice that the volume does not have.")
        }
        self.request = request
        self.volume = volume
        self.labels = labels
        columns = Int(request.shape.columns)
        rows = Int(request.shape.rows)
    }

    /// HU of some slices as a volume of their own.
    func volume(of slices: [Int]) throws(ImagingError) -> CTVolume {
        try CTVolume(grid: try grid(slices.count), voxels: gather(slices, from: volume))
    }

    /// Lung fields of some slices; nil when the host gives none.
    func lungs(of slices: [Int]) throws(ImagingError) -> LabelVolume? {
        guard let lungs = request.lungs else { return nil }
        return try LabelVolume(grid: try grid(slices.count), voxels: gather(slices, from: lungs))
    }

    /// Puts what was predicted for some slices where the host wants it.
    func write(_ prediction: SlicePrediction, of slices: [Int]) {
        for (place, slice) in slices.enumerated() {
            scatter(prediction.labels, place, to: labels + slice * plane)
            if let target = request.probabilities, let values = prediction.probabilities {
                scatter(values, place, to: target + slice * plane)
            }
        }
    }

    private func grid(_ slices: Int) throws(ImagingError) -> Grid {
        let (x, y, z) = request.spacing
        return try Grid(
            size: GridSize(i: columns, j: rows, k: slices),
            affine: Affine(order: .lps, spacing: Spacing(i: x, j: y, k: z)))
    }

    private func gather<Voxel>(_ slices: [Int], from source: UnsafePointer<Voxel>) -> [Voxel] {
        [Voxel](unsafeUninitializedCapacity: slices.count * plane) { buffer, initialized in
            for (place, slice) in slices.enumerated() {
                let start = place * plane
                _ = UnsafeMutableBufferPointer(rebasing: buffer[start..<start + plane])
                    .initialize(from: UnsafeBufferPointer(start: source + slice * plane, count: plane))
            }
            initialized = slices.count * plane
        }
    }

    private func scatter<Voxel: BitwiseCopyable>(
        _ values: [Voxel], _ place: Int, to target: UnsafeMutablePointer<Voxel>
    ) {
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            target.update(from: base + place * plane, count: plane)
        }
    }
}
