import Testing
import Training

@Suite struct BatchOrderTests {
    let order = BatchOrder(count: 14, batchSize: 4, seed: 3)

    @Test func everyExampleComesAtMostOnceAnEpoch() {
        let seen = order.batches(epoch: 1).flatMap { $0 }
        #expect(seen.count == 12)
        #expect(Set(seen).count == 12)
        #expect(seen.allSatisfy { (0..<14).contains($0) })
    }

    @Test func epochsAndSeedsDiffer() {
        #expect(order.batches(epoch: 1) == order.batches(epoch: 1))
        #expect(order.batches(epoch: 1) != order.batches(epoch: 2))
        #expect(order.batches(epoch: 1) != BatchOrder(count: 14, batchSize: 4, seed: 4).batches(epoch: 1))
    }

    /// Over many epochs every example is left out about as often as any other: 2 of 14 times.
    @Test func noExampleIsFavoured() {
        var left = [Int](repeating: 0, count: 14)
        for epoch in 1...1400 {
            for index in Set(0..<14).subtracting(order.batches(epoch: epoch).flatMap { $0 }) { left[index] += 1 }
        }
        // Binomial with 1400 · 1/7 = 200 expected and σ = 13: five σ.
        #expect(left.allSatisfy { abs($0 - 200) < 65 }, "\(left)")
    }
}
