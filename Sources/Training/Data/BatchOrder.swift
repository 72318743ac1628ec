import NeuralNet

/// Which examples make up which batch: a new order every epoch, the same for the same seed.
///
/// Examples that do not fill a last batch are left out of that epoch, as MATLAB's `trainNetwork` does; the next epoch's
/// order lets others wait.
package struct BatchOrder: Sendable {
    package let count: Int
    package let batchSize: Int
    package let seed: UInt64

    package init(count: Int, batchSize: Int, seed: UInt64) {
        self.count = count
        self.batchSize = batchSize
        self.seed = seed
    }

    package var batchesPerEpoch: Int { count / batchSize }

    /// The indices of every batch of `epoch`.
    package func batches(epoch: Int) -> [[Int]] {
        var generator = RandomGenerator(seed: seed, stream: "order of epoch \(epoch)")
        var order = Array(0..<count)
        // Fisher–Yates by hand: the standard library may change how `shuffle` draws.
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(generator.uniform() * Double(last + 1)))
        }
        return (0..<batchesPerEpoch).map { Array(order[($0 * batchSize)..<(($0 + 1) * batchSize)]) }
    }
}
