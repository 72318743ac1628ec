/// How the values of a volume are spread: exact, from a count of every value.
public struct IntensityStatistics: Hashable, Sendable {
    public let count: Int
    public let smallest: Int16
    public let largest: Int16
    public let mean: Double
    /// Voxels of each value, from Int16.min up.
    private let counts: [Int]

    /// Throws `invalidArgument` when there is no value.
    public init(_ values: [Int16]) throws(ImagingError) {
        var counts = [Int](repeating: 0, count: 1 << 16)
        var sum = 0
        for value in values {
            counts[Int(value) + 32768] += 1
            sum += Int(value)
        }
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
            throw ImagingError(.invalidArgument, subject: "statistics", message: "There are no values to count.")
        }
        count = values.count
        smallest = Int16(first - 32768)
        largest = Int16(last - 32768)
        mean = Double(sum) / Double(values.count)
        self.counts = counts
    }

    /// The smallest value that at least `percent` % of the voxels do not exceed.
    public func percentile(_ percent: Double) -> Int16 {
        let wanted = Int((min(max(percent, 0), 100) / 100 * Double(count)).rounded(.up))
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += number
            if seen >= max(wanted, 1) { return Int16(index - 32768) }
        }
        return largest
    }

    /// The share of voxels, 0 to 1, whose value lies in the range.
    public func share(in range: ClosedRange<Int16>) -> Double {
        let sum = counts[Int(range.lowerBound) + 32768...Int(range.upperBound) + 32768].reduce(0, +)
        return Double(sum) / Double(count)
    }
}
