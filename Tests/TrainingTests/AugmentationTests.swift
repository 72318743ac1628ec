import Segmentation
import Testing
import Training

@Suite struct AugmentationTests {
    /// A gradient to the right with one labelled block near the upper left corner.
    static let slice = PreparedSlice(
        name: "gradient",
        hu: (0..<1024).map { Float($0 % 32) * 20 - 700 },
        labels: (0..<1024).map { 4..<12 ~= $0 / 32 && 4..<12 ~= $0 % 32 ? 1 : 0 })

    func example(_ augmentation: Augmentation, epoch: Int = 1) throws -> TrainingExample {
        try AugmentedSlices([Self.slice], height: 32, width: 32, augmentation: augmentation, seed: 5)
            .example(0, epoch: epoch)
    }

    /// Mean row and column of the labelled pixels, and how many there are.
    func block(_ example: TrainingExample) -> (row: Double, column: Double, count: Int) {
        let pixels = example.labels.indices.filter { example.labels[$0] == 1 }
        let rows = pixels.reduce(0.0) { $0 + Double($1 / 32) }
        let columns = pixels.reduce(0.0) { $0 + Double($1 % 32) }
        return (rows / Double(pixels.count), columns / Double(pixels.count), pixels.count)
    }

    @Test func noneChangesNothingButTheWindow() throws {
        let example = try example(.none)
        #expect(example.labels == Self.slice.labels)
        #expect(example.image[10] == InputWindow.lungAndSoftTissue.normalized(-500))
        #expect(abs(InputWindow.lungAndSoftTissue.normalized(-300)) < 1e-6)
        #expect(InputWindow.lungAndSoftTissue.normalized(.nan) == -1)
        #expect(InputWindow.lungAndSoftTissue.normalized(3000) == 1)
    }

    @Test func aFlipExchangesLeftAndRight() throws {
        let example = try example(Augmentation(flip: 1))
        let place = block(example)
        #expect(place.row == 7.5)
        #expect(place.column == 23.5)
        #expect(place.count == 64)
        for column in 0..<32 {
            let expected = InputWindow.lungAndSoftTissue.normalized(Float(31 - column) * 20 - 700)
            #expect(abs(example.image[column] - expected) < 1e-5)
        }
    }

    @Test(arguments: 1...20)
    func imageAndLabelsMoveTogether(epoch: Int) throws {
        let labelled = PreparedSlice(
            name: "block", hu: Self.slice.labels.map { $0 == 1 ? 400 : -1000 }, labels: Self.slice.labels)
        let source = try AugmentedSlices(
            [labelled], height: 32, width: 32,
            augmentation: Augmentation(flip: 0.5, rotation: 30, scale: 0.2, shift: 0.1), seed: 9)
        let example = try source.example(0, epoch: epoch)
        // Bilinear at one half is where nearest neighbour changes sides, up to pixels cut by a slanted edge.
        let differing = zip(example.image, example.labels).count { ($0 > 0) != ($1 == 1) }
        #expect(differing <= 6, "\(differing) pixels differ")
    }

    @Test func scaleIsInTheStatedRange() throws {
        for epoch in 1...50 {
            let count = block(try example(Augmentation(scale: 0.2), epoch: epoch)).count
            #expect((36...100).contains(count))
        }
    }

    @Test func anExampleDependsOnEpochAndIndexAlone() throws {
        let all = Augmentation(
            flip: 0.5, rotation: 10, scale: 0.1, shift: 0.05, window: 50, gamma: 0.2, noise: 20, blur: 1)
        let source = try AugmentedSlices([Self.slice, Self.slice], height: 32, width: 32, augmentation: all, seed: 5)
        let first = try source.example(1, epoch: 3)
        _ = try source.example(0, epoch: 1)
        #expect(try source.example(1, epoch: 3) == first)
        #expect(try source.example(0, epoch: 3) != first)
        #expect(try source.example(1, epoch: 4) != first)
    }

    @Test func rangesOutOfReachAreAnError() {
        #expect(throws: TrainingError.self) { try example(Augmentation(flip: 2)) }
        #expect(throws: TrainingError.self) { try example(Augmentation(scale: 1)) }
        #expect(throws: TrainingError.self) { try example(Augmentation(noise: .nan)) }
    }

    @Test func strengthWidensRangesAndNoProbability() {
        let strong = Augmentation(flip: 0.5, rotation: 10, scale: 0.1, window: 60, effusion: 0.2).scaled(by: 2)
        #expect(strong == Augmentation(flip: 0.5, rotation: 20, scale: 0.2, window: 120, effusion: 0.2))
    }
}
