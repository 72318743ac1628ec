import Foundation
import NeuralNet

/// A pleural effusion drawn into a slice: fluid in the dependent, posterior part of one pleural cavity or both, climbing
/// the chest wall as a meniscus does. The data sets have no labelled effusion, so class 3 is trained, and tested, on these.
///
/// Rows go to the back, as everywhere here; lengths are shares of the slice's side, so that a draw means the same at every
/// resolution.
public struct SyntheticEffusion: Hashable, Sendable {
    /// Depth of the fluid as a share of the lung's height in the slice.
    private let depth: (left: Double, right: Double)
    /// How far the fluid climbs at the chest wall, as a share of the lung's height.
    private let climb: Double
    /// Slope of the level, rows per column.
    private let tilt: Double
    /// Height, columns per wave and phase of an uneven level.
    private let wave: (height: Double, length: Double, phase: Double)
    /// HU of the fluid, and standard deviation of its noise.
    private let fluid: (mean: Double, noise: Double)
    /// HU added to the lung beside the fluid, which is compressed.
    private let atelectasis: Double
    private let seed: UInt64

    /// The label of the fluid: pleural effusion.
    public static let label: UInt8 = 3
    /// Smaller regions than this share of the slice are not drawn.
    private static let leastShare = 0.001

    public init(_ generator: inout RandomGenerator) {
        func between(_ low: Double, _ high: Double) -> Double { low + generator.uniform() * (high - low) }
        let side = generator.uniform()
        let (left, right) = (between(0.08, 0.5), between(0.08, 0.5))
        depth = (left: side < 0.4 ? 0 : left, right: 0.4 <= side && side < 0.8 ? 0 : right)
        climb = between(0, 0.3)
        tilt = between(-0.15, 0.15)
        wave = (between(0, 0.04), between(0.15, 0.5), between(0, 2 * .pi))
        // Fluid is 0 to 20 HU; pictures whose HU were estimated miss by more.
        fluid = (between(-30, 50), between(5, 25))
        atelectasis = between(0, 250)
        seed = generator.next()
    }

    public static func == (a: SyntheticEffusion, b: SyntheticEffusion) -> Bool { a.seed == b.seed }
    public func hash(into hasher: inout Hasher) { hasher.combine(seed) }

    /// Draws the fluid. `hu`, `labels` and `lungs` (0 outside) are H×W in row order; a slice without lungs stays as it is.
    public func draw(hu: inout [Float], labels: inout [UInt8], lungs: [UInt8], height: Int, width: Int) {
        guard hu.count == height * width, labels.count == hu.count, lungs.count == hu.count else { return }
        var region = [Float](repeating: 0, count: hu.count)
        for half in Half.both(of: lungs, height: height, width: width) {
            let depth = half.isRightOfPicture ? depth.left : depth.right
            fill(&region, half, depth: depth, lungs: lungs, height: height, width: width)
        }
        let covered = region.reduce(0, +)
        guard Double(covered) >= Self.leastShare * Double(hu.count) else { return }
        blend(region, into: &hu, lungs: lungs, height: height, width: width)
        for pixel in region.indices where region[pixel] > 0 { labels[pixel] = Self.label }
    }

    private func fill(
        _ region: inout [Float], _ half: Half, depth: Double, lungs: [UInt8], height: Int, width: Int
    ) {
        guard depth > 0 else { return }
        let (tall, wide) = (Double(half.rows.count), Double(half.columns.count))
        let side = Double(width)
        for column in half.columns {
            // 0 at the mediastinum, 1 at the chest wall.
            let outward = Double(column - half.columns.lowerBound) / max(1, wide - 1)
            let lateral = half.isRightOfPicture ? outward : 1 - outward
            let uneven = wave.height * tall * sin(Double(column) / (wave.length * side) * 2 * .pi + wave.phase)
            let level =
                Double(half.rows.upperBound) - depth * tall - climb * tall * lateral * lateral
                + tilt * (lateral - 0.5) * wide + uneven
            for row in half.rows where Double(row) >= level && lungs[row * width + column] != 0 {
                region[row * width + column] = 1
            }
        }
    }

    /// Fluid with soft edges, as a scanner sees it, and denser lung beside it.
    private func blend(_ region: [Float], into hu: inout [Float], lungs: [UInt8], height: Int, width: Int) {
        let scale = Double(width) / 256
        func spread(_ values: [Float], _ sigma: Double) -> [Float] {
            blurred(values, height: height, width: width, sigma: sigma)
        }
        let edge = spread(region, 0.8 * scale)
        // The share of the lung, not of everything, that is fluid: no dark rim where the fluid meets the chest wall.
        let lung = spread(lungs.map { $0 == 0 ? 0 : 1 }, 0.8 * scale)
        let beside = spread(region, 5 * scale)
        var generator = RandomGenerator(seed: seed, stream: "fluid")
        let texture = spread((0..<hu.count).map { _ in Float(generator.normal() * fluid.noise) }, 0.6)
        for pixel in hu.indices where lungs[pixel] != 0 && beside[pixel] > 0 {
            let wet = min(1, edge[pixel] / lung[pixel])
            let dry = hu[pixel] + Float(atelectasis) * beside[pixel]
            hu[pixel] = wet * (Float(fluid.mean) + texture[pixel]) + (1 - wet) * dry
        }
    }

    /// One lung of a slice, or what lies on its side of the lungs' middle.
    private struct Half {
        let rows: Range<Int>
        let columns: Range<Int>
        /// The patient's left lung.
        let isRightOfPicture: Bool

        static func both(of lungs: [UInt8], height: Int, width: Int) -> [Half] {
            let inside = lungs.indices.filter { lungs[$0] != 0 }
            guard !inside.isEmpty else { return [] }
            let middle = inside.reduce(0) { $0 + $1 % width } / inside.count
            return [0..<middle, middle..<width].compactMap { side in
                let own = inside.filter { side.contains($0 % width) }
                guard let top = own.first.map({ $0 / width }), let bottom = own.last.map({ $0 / width }),
                    let left = own.map({ $0 % width }).min(), let right = own.map({ $0 % width }).max()
                else { return nil }
                return Half(
                    rows: top..<bottom + 1, columns: left..<right + 1, isRightOfPicture: side.lowerBound == middle)
            }
        }
    }
}
