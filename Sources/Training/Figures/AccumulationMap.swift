import Imaging

/// Where in the slice infections lie: how many slices of a stack are labelled at each pixel, the paper's Fig. 2. Lesions of all
/// kinds count alike.
public struct AccumulationMap: Sendable {
    public let width: Int
    public let height: Int
    /// Slices labelled at each pixel, row order.
    public let counts: [Int]
    private let slice: PlaneSlice<Float>

    /// Sums all axial slices. Throws `gridMismatch`, `invalidArgument` for a volume that cannot be cut.
    public init(_ labels: LabelVolume) throws(ImagingError) {
        let size = labels.grid.size
        var counts = [Int](repeating: 0, count: size.i * size.j)
        for k in 0..<size.k {
            for pixel in counts.indices where labels.voxels[k * counts.count + pixel] != 0 { counts[pixel] += 1 }
        }
        width = size.i
        height = size.j
        slice = try labels.slice(.axial, at: 0).replacing(counts.map(Float.init))
        self.counts = counts
    }

    public var largest: Int { counts.max() ?? 0 }

    /// Through the hot colour map from 0 to the largest count, a pixel for each, with its colour bar. Throws `invalidArgument`
    /// for a size that no picture can have.
    public func picture() throws(ImagingError) -> Picture {
        let range = 0...Double(max(1, largest))
        let map = try Picture(slice, map: .hot, range: range, millimetresPerPixel: slice.spacing.x)
        let margin = 12
        let bar = try ColorBar(.hot, range: range, title: "Slices")
            .picture(length: max(40, map.height - 5 * margin))
        var picture = try Picture(
            width: map.width + bar.width + 3 * margin, height: max(map.height, bar.height) + 2 * margin)
        picture.draw(map, x: margin, y: margin)
        picture.draw(bar, x: map.width + 2 * margin, y: (picture.height - bar.height) / 2)
        return picture
    }
}
