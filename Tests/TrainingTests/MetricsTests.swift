import Testing
import Training

/// Against numbers worked out by hand.
@Suite struct MetricsTests {
    //                   ↓ hit      ↓ missed  ↓ false alarm
    let actual: [UInt8] = [1, 1, 1, 1, 2, 0, 0, 0, 0, 0]
    let guess: [UInt8] = [1, 1, 1, 0, 2, 1, 0, 0, 0, 0]

    @Test func scoresOfAClass() throws {
        let scores = try ConfusionMatrix(actual: actual, predicted: guess, classes: 3).scores(of: 1)
        #expect(scores == ClassScores(truePositives: 3, falsePositives: 1, falseNegatives: 1, trueNegatives: 5))
        #expect(scores.sensitivity == 0.75)
        #expect(scores.specificity == 5.0 / 6)
        #expect(scores.precision == 0.75)
        #expect(scores.dice == 0.75)
        #expect(scores.gMean == (0.75 * 5.0 / 6).squareRoot())
        #expect(scores.f2 == 15.0 / 20)
    }

    @Test func f2IsThePapersFormula() throws {
        let scores = ClassScores(truePositives: 30, falsePositives: 20, falseNegatives: 5, trueNegatives: 100)
        let (p, s) = (30.0 / 50, 30.0 / 35)
        #expect(abs(try #require(scores.f2) - 5 * p * s / (4 * p + s)) < 1e-15)
    }

    @Test func globalAccuracyCountsBackground() throws {
        let matrix = try ConfusionMatrix(actual: actual, predicted: guess, classes: 3)
        #expect(matrix.globalAccuracy == 0.8)
        #expect(matrix[actual: 1, predicted: 0] == 1)
        #expect(matrix[actual: 0, predicted: 1] == 1)
    }

    @Test func undefinedIsNeitherZeroNorOne() throws {
        let empty = try ConfusionMatrix(actual: [0, 0], predicted: [0, 0], classes: 2).scores(of: 1)
        #expect(empty.sensitivity == nil)
        #expect(empty.dice == nil)
        #expect(empty.f2 == nil)
        #expect(empty.gMean == nil)
        #expect(empty.specificity == 1)
        #expect(ConfusionMatrix(classes: 2).globalAccuracy == nil)
    }

    @Test func pooledAndPerImageDiffer() throws {
        var evaluation = Evaluation(classes: 2)
        try evaluation.add(actual: [1, 1, 1, 1], predicted: [1, 1, 1, 1])
        try evaluation.add(actual: [1, 0, 0, 0], predicted: [0, 1, 0, 0])
        try evaluation.add(actual: [0, 0, 0, 0], predicted: [0, 0, 0, 0])
        #expect(evaluation.pooled(.dice, of: 1) == 8.0 / 10)
        let perImage = evaluation.perImage(.dice, of: 1)
        #expect(perImage.mean == 0.5)
        #expect(perImage.count == 2)
        #expect(perImage.undefined == 1)
        #expect(evaluation.globalAccuracy.mean == 2.5 / 3)
    }

    @Test func spreadDividesByOneLess() throws {
        let spread = Distribution([1, 2, nil, 4])
        #expect(spread.mean == 7.0 / 3)
        #expect(abs(try #require(spread.variance) - 7.0 / 3) < 1e-15)
        #expect(Distribution([3]).variance == nil)
    }

    @Test func ignoredPixelsDoNotCount() throws {
        let matrix = try ConfusionMatrix(actual: [1, 255], predicted: [1, 0], classes: 2, ignoring: 255)
        #expect(matrix.pixels == 1)
    }

    @Test func wrongLabelsAreAnError() {
        #expect(throws: TrainingError.self) { try ConfusionMatrix(actual: [2], predicted: [0], classes: 2) }
        #expect(throws: TrainingError.self) { try ConfusionMatrix(actual: [0, 0], predicted: [0], classes: 2) }
    }
}
