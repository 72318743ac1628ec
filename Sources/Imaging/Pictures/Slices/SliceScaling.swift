/// From voxels of any spacing to square picture pixels: bilinear where the picture is finer than the slice, the
/// average over a pixel's neighbourhood where it is coarser.
///
/// Along each axis a pixel's value is the mean of the voxels weighted by a triangle around the pixel's centre that
/// reaches one voxel or one pixel to both sides, whichever is longer. The slice's outer edges are the picture's.
struct SliceScaling: Sendable {
    let width: Int
    let height: Int
    private let columns: AxisWeights
    private let rows: AxisWeights

    /// Throws `invalidArgument` for a scale that is not positive or gives a picture larger than `Picture` takes.
    init<Voxel>(of slice: PlaneSlice<Voxel>, millimetresPerPixel: Double) throws(ImagingError) {
        let width = (Double(slice.width) * slice.spacing.x / millimetresPerPixel).rounded()
        let height = (Double(slice.height) * slice.spacing.y / millimetresPerPixel).rounded()
        // Also refuses NaN.
        guard millimetresPerPixel > 0, width <= Double(Picture.longestSide), height <= Double(Picture.longestSide)
        else {
            throw ImagingError(
                .invalidArgument, subject: "picture",
                message: "At \(millimetresPerPixel) mm per pixel the slice has no size that a picture can have.")
        }
        self.width = max(Int(width), 1)
        self.height = max(Int(height), 1)
        columns = AxisWeights(input: slice.width, output: self.width)
        rows = AxisWeights(input: slice.height, output: self.height)
    }

    /// `width·height` values of the picture's pixels from those of the slice.
    func apply(_ values: [Float]) -> [Float] {
        let inputHeight = rows.input
        var narrow = [Float](repeating: 0, count: width * inputHeight)
        for y in 0..<inputHeight {
            for x in 0..<width {
                var sum: Float = 0
                let first = y * columns.input + columns.first[x]
                for (offset, weight) in columns.weights(x).enumerated() { sum += weight * values[first + offset] }
                narrow[y * width + x] = sum
            }
        }
        var result = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            for (offset, weight) in rows.weights(y).enumerated() {
                let source = (rows.first[y] + offset) * width
                for x in 0..<width { result[y * width + x] += weight * narrow[source + x] }
            }
        }
        return result
    }
}

/// The weights with which an axis' inputs make its outputs.
private struct AxisWeights: Sendable {
    let input: Int
    /// First input of each output.
    private(set) var first: [Int] = []
    private var starts: [Int] = [0]
    private var all: [Float] = []

    init(input: Int, output: Int) {
        self.input = input
        let scale = Double(input) / Double(output)
        let support = max(1, scale)
        for index in 0..<output {
            let center = (Double(index) + 0.5) * scale - 0.5
            let lower = max(Int((center - support).rounded(.up)), 0)
            let upper = min(Int((center + support).rounded(.down)), input - 1)
            let triangle = (lower...max(lower, upper)).map { max(1 - abs(Double($0) - center) / support, 0) }
            let total = triangle.reduce(0, +)
            first.append(lower)
            all += triangle.map { Float($0 / total) }
            starts.append(all.count)
        }
    }

    func weights(_ output: Int) -> ArraySlice<Float> { all[starts[output]..<starts[output + 1]] }
}
