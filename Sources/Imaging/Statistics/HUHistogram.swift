/// How often every HU value occurs: exact statistics without sorting or copying voxels.
public struct HUHistogram: Hashable, Sendable {
    /// 65,536 counts, from −32768 upwards.
    private var counts: [Int]
    /// The number of voxels counted.
    public private(set) var voxels: Int

    init() {
        counts = [Int](repeating: 0, count: 1 << 16)
        voxels = 0
    }

    public init(_ values: some Sequence<Int16>) {
        self.init()
        for value in values { counts[Self.bin(of: value)] += 1 }
        voxels = counts.reduce(0, +)
    }

    @inline(__always)
    static func bin(of value: Int16) -> Int { Int(value) + 32768 }

    mutating func add(_ other: [UInt32]) {
        for (bin, count) in other.enumerated() where count > 0 {
            counts[bin] += Int(count)
            voxels += Int(count)
        }
    }

    /// Voxels of that value.
    public func count(of value: Int16) -> Int { counts[Self.bin(of: value)] }

    /// Voxels with a value in the range.
    public func count(in range: ClosedRange<Int16>) -> Int {
        counts[Self.bin(of: range.lowerBound)...Self.bin(of: range.upperBound)].reduce(0, +)
    }

    /// The smallest and largest value; nil without voxels.
    public var extremes: ClosedRange<Int16>? {
        guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }) else {
            return nil
        }
        return Self.value(of: low)...Self.value(of: high)
    }

    /// Mean in HU; nil without voxels.
    public var mean: Double? {
        guard voxels > 0 else { return nil }
        // Whole numbers: exact until the one division.
        let sum = counts.enumerated().reduce(0) { $0 + ($1.offset - 32768) * $1.element }
        return Double(sum) / Double(voxels)
    }

    /// Standard deviation in HU of these voxels, not of a population that they are a sample of (divided by n); nil
    /// without voxels.
    public var standardDeviation: Double? {
        guard let mean else { return nil }
        let squares = counts.enumerated().reduce(0.0) { sum, bin in
            guard bin.element > 0 else { return sum }
            let offset = Double(bin.offset - 32768) - mean
            return sum + Double(bin.element) * offset * offset
        }
        return (squares / Double(voxels)).squareRoot()
    }

    /// The value in HU that so many percent of the voxels do not exceed, linear between neighbours in rank (numpy's
    /// default method). Nil without voxels or outside 0...100.
    public func percentile(_ percent: Double) -> Double? {
        guard voxels > 0, (0...100).contains(percent) else { return nil }
        let rank = percent / 100 * Double(voxels - 1)
        let lower = min(max(Int(rank.rounded(.down)), 0), voxels - 1)
        let (low, high) = (value(atRank: lower), value(atRank: min(lower + 1, voxels - 1)))
        return low + (high - low) * (rank - Double(lower))
    }

    private static func value(of bin: Int) -> Int16 { Int16(truncatingIfNeeded: bin - 32768) }

    private func value(atRank rank: Int) -> Double {
        var below = 0
        for (bin, count) in counts.enumerated() {
            below += count
            if below > rank { return Double(bin - 32768) }
        }
        return 32767
    }
}
