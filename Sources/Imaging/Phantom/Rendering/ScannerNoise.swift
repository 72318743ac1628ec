/// Noise of a scanner: normal, equally strong everywhere, a little correlated within the slice as reconstruction filters
/// leave it, and independent between slices.
struct ScannerNoise {
    private let hash: CounterHash
    private let sigma: Float
    /// Weight of a neighbour along a row or column; the middle has 1.
    private static let neighbour: Float = 0.45

    init(seed: UInt64, sigma: Double) {
        hash = CounterHash(seed: seed, stream: 2)
        // Two passes, along rows and columns, each multiply the variance by 1 + 2·neighbour².
        self.sigma = Float(sigma) / (1 + 2 * Self.neighbour * Self.neighbour)
    }

    /// Adds the noise of slice `k` to an image of `columns` by `rows` HU values.
    func add(to image: inout [Float], columns: Int, rows: Int, slice k: Int) {
        let width = columns + 2
        func filteredRow(_ row: Int) -> [Float] {
            let first = UInt64(bitPattern: Int64((k * (rows + 2) + row) * width))
            let white = (0..<width).map { hash.normal(first &+ UInt64($0)) }
            return (0..<columns).map { white[$0 + 1] + Self.neighbour * (white[$0] + white[$0 + 2]) }
        }
        var above = filteredRow(0)
        var here = filteredRow(1)
        for row in 0..<rows {
            let below = filteredRow(row + 2)
            for column in 0..<columns {
                let value = here[column] + Self.neighbour * (above[column] + below[column])
                image[row * columns + column] += sigma * value
            }
            above = here
            here = below
        }
    }
}
