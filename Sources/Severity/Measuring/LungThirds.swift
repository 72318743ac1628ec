/// A lung's thirds from its lowest to its highest level.
///
/// The thinnest tips of a lung depend on where voxels happen to lie, and a speck below it would move every border. So the
/// extent leaves out the outermost 0.2 % of the lung's volume at either end; what lies there belongs to the outer thirds. A
/// level belongs to the third that holds its middle.
package struct LungThirds: Sendable {
    private let lowest: Int
    private let extent: Int

    /// Of a lung's voxels at each end.
    private static let outermost = 0.002

    /// nil for a lung without voxels. Levels are of equal height, from the feet to the head.
    package init?(voxelsByLevel voxels: [Int]) {
        let spared = Int(Self.outermost * Double(voxels.reduce(0, +)))
        guard let lowest = Self.first(voxels, beyond: spared),
            let highest = Self.first(voxels.reversed(), beyond: spared)
        else { return nil }
        self.lowest = lowest
        extent = voxels.count - highest - lowest
    }

    /// Where the sum from the start passes `spared`.
    private static func first(_ voxels: some Sequence<Int>, beyond spared: Int) -> Int? {
        var sum = 0
        for (index, count) in voxels.enumerated() {
            sum += count
            if sum > spared { return index }
        }
        return nil
    }

    /// 0 lower, 1 middle, 2 upper.
    package func third(of level: Int) -> Int {
        let middle = 2 * (level - lowest) + 1
        return middle < 0 ? 0 : min(middle * 3 / (2 * extent), 2)
    }
}
