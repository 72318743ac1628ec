import Testing
import Training

@Suite struct ClassFrequenciesTests {
    @Test func countsAsTable1() throws {
        var table = ClassFrequencies(classes: 3)
        try table.add(image: [0, 0, 0, 1])
        try table.add(image: [0, 0, 1, 1])
        try table.add(image: [0, 0, 0, 0])
        #expect(table.classPixels == [9, 3, 0])
        #expect(table.imagePixels == [12, 8, 0])
        #expect(table.frequency(of: 2) == nil)
    }

    /// Frequencies of the paper's Table 1: 0.93057, 0.04754, 0.02882, 0.00523; the median is (0.04754 + 0.02882) / 2.
    @Test func weightsOfThePaper() throws {
        let table = try ClassFrequencies(
            classPixels: [24_394_000, 1_196_500, 589_210, 34_265],
            imagePixels: [26_214_000, 25_166_000, 20_447_000, 6_553_600])
        let weights = table.medianFrequencyWeights
        for (weight, expected) in zip(weights, [0.041028, 0.803054, 1.324933, 7.302218]) {
            #expect(abs(Double(weight) - expected) < 2e-4 * expected, "\(weights)")
        }
    }

    @Test func anAbsentClassWeighsNothing() throws {
        var table = ClassFrequencies(classes: 3)
        try table.add(image: [0, 0, 0, 1])
        #expect(table.medianFrequencyWeights[2] == 0)
        #expect(ClassFrequencies(classes: 2).medianFrequencyWeights == [0, 0])
    }

    @Test func wrongLabelsCountNothing() {
        var table = ClassFrequencies(classes: 2)
        #expect(throws: TrainingError.self) { try table.add(image: [0, 7]) }
        #expect(table.classPixels == [0, 0])
    }
}
