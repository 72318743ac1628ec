import Imaging

/// Whether the slices of a file are one patient's: neighbours in a body are alike, neighbours in a stack of unrelated slices
/// are no more alike than any two.
package struct SliceRelation {
    /// Median Pearson correlation of neighbouring slices, and of slices half the stack apart; 1 for one slice.
    let neighbours: Double
    let strangers: Double

    /// Neighbours in a CT volume of any usual slice distance correlate higher than this.
    private static let certain = 0.93
    /// Below this they are no neighbours, and from here on they must be more alike than strangers by a margin.
    private static let possible = 0.6
    private static let margin = 0.1

    package var isVolume: Bool {
        neighbours >= Self.certain || (neighbours >= Self.possible && neighbours - strangers >= Self.margin)
    }

    package init(_ volume: CTVolume) {
        let size = volume.grid.size
        guard size.k > 1 else {
            (neighbours, strangers) = (1, 1)
            return
        }
        let pictures = (0..<size.k).map { Self.picture(of: volume, slice: $0) }
        func median(apart: Int) -> Double {
            let values = (0..<size.k - apart).map { Self.correlation(pictures[$0], pictures[$0 + apart]) }.sorted()
            return values.isEmpty ? 0 : values[values.count / 2]
        }
        neighbours = median(apart: 1)
        strangers = size.k > 3 ? median(apart: size.k / 2) : 0
    }

    /// Every slice on about 32×32 points, clamped to where air, lung and tissue lie.
    private static func picture(of volume: CTVolume, slice k: Int) -> [Float] {
        let size = volume.grid.size
        let (stepI, stepJ) = (max(1, size.i / 32), max(1, size.j / 32))
        var values: [Float] = []
        for j in stride(from: stepJ / 2, to: size.j, by: stepJ) {
            for i in stride(from: stepI / 2, to: size.i, by: stepI) {
                values.append(Float(min(max(volume[i, j, k], -1000), 200)))
            }
        }
        return values
    }

    private static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        let n = Double(a.count)
        let (meanA, meanB) = (Double(a.reduce(0, +)) / n, Double(b.reduce(0, +)) / n)
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            let (dx, dy) = (Double(x) - meanA, Double(y) - meanB)
            ab += dx * dy
            aa += dx * dx
            bb += dy * dy
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}
