import Imaging
import NeuralNet
import Segmentation
import Testing
import Training

@Suite struct SyntheticEffusionTests {
    static let side = 128

    /// Two lungs of −850 HU in soft tissue of 40 HU.
    static let lungs: [UInt8] = (0..<(side * side)).map { pixel in
        let (row, column) = (pixel / side, pixel % side)
        return 20..<100 ~= row && (20..<55 ~= column || 70..<108 ~= column) ? 1 : 0
    }
    static let hu: [Float] = lungs.map { $0 == 1 ? -850 : 40 }

    struct Drawn {
        var hu = SyntheticEffusionTests.hu
        var labels = [UInt8](repeating: 0, count: SyntheticEffusionTests.side * SyntheticEffusionTests.side)

        init(seed: UInt64, lungs: [UInt8] = SyntheticEffusionTests.lungs) {
            var generator = RandomGenerator(seed: seed)
            let side = SyntheticEffusionTests.side
            SyntheticEffusion(&generator).draw(hu: &hu, labels: &labels, lungs: lungs, height: side, width: side)
        }

        var fluid: [Int] { labels.indices.filter { labels[$0] == SyntheticEffusion.label } }
    }

    @Test(arguments: UInt64(1)...20)
    func fluidLiesInTheLungsAndAtTheBack(seed: UInt64) {
        let drawn = Drawn(seed: seed)
        #expect(!drawn.fluid.isEmpty)
        #expect(drawn.fluid.allSatisfy { Self.lungs[$0] == 1 })
        #expect(drawn.labels.allSatisfy { $0 == 0 || $0 == SyntheticEffusion.label })
        // Straight down from fluid there is fluid or no lung.
        for pixel in drawn.fluid where pixel + Self.side < Self.lungs.count && Self.lungs[pixel + Self.side] == 1 {
            guard drawn.labels[pixel + Self.side] == SyntheticEffusion.label else {
                Issue.record("Fluid floats above lung at \(pixel), seed \(seed).")
                return
            }
        }
        let changed = drawn.hu.indices.filter { drawn.hu[$0] != Self.hu[$0] }
        #expect(changed.allSatisfy { Self.lungs[$0] == 1 }, "Outside the lungs nothing changes.")
        let values = drawn.fluid.map { drawn.hu[$0] }.sorted()
        #expect(-40...60 ~= values[values.count / 2], "The median is \(values[values.count / 2]) HU.")
    }

    @Test func theSeedDecides() {
        #expect(Drawn(seed: 5).hu == Drawn(seed: 5).hu)
        #expect(Drawn(seed: 5).labels != Drawn(seed: 6).labels)
    }

    @Test func withoutLungsNothingHappens() {
        let drawn = Drawn(seed: 1, lungs: [UInt8](repeating: 0, count: Self.lungs.count))
        #expect(drawn.fluid.isEmpty)
        #expect(drawn.hu == Self.hu)
    }

    /// A slice is told apart from its lungs, which make room for the fluid.
    @Test func augmentationDrawsEffusions() throws {
        func examples(lungs: [UInt8]?) throws -> [TrainingExample] {
            let slice = PreparedSlice(
                name: "slice", hu: Self.hu, labels: [UInt8](repeating: 0, count: Self.hu.count), lungs: lungs)
            let source = try AugmentedSlices(
                [slice], height: Self.side, width: Self.side, augmentation: Augmentation(effusion: 0.5), seed: 3)
            return try (1...40).map { try source.example(0, epoch: $0) }
        }
        let wet = try examples(lungs: Self.lungs).count { $0.labels.contains(SyntheticEffusion.label) }
        #expect(10...30 ~= wet, "\(wet) of 40")
        #expect(try examples(lungs: nil).allSatisfy { $0.labels.allSatisfy { $0 == 0 } })
    }

    @Test func volumesGetThemInTheNamedSlices() throws {
        let grid = try Grid(
            size: GridSize(i: Self.side, j: Self.side, k: 3),
            affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 1)))
        func stack<Value>(_ plane: [Value]) -> [Value] { plane + plane + plane }
        let ct = try CTVolume(grid: grid, voxels: stack(Self.hu.map { Int16($0) }))
        let lungs = try LabelVolume(grid: grid, voxels: stack(Self.lungs))
        let labels = try LabelVolume(grid: grid, voxels: stack(Self.lungs.map { _ in 0 }))
        let volume = try LabelledVolume(name: "stack", ct: ct, labels: labels)
        let drawn = try volume.drawingEffusions(in: [0, 2], lungs: lungs, seed: 8)
        let plane = Self.hu.count
        let counts = (0..<3).map { k in
            drawn.labels.voxels[(k * plane)..<((k + 1) * plane)].count { $0 == SyntheticEffusion.label }
        }
        #expect(counts[0] > 0 && counts[1] == 0 && counts[2] > 0)
        #expect(counts[0] != counts[2])
        #expect(Array(drawn.ct.voxels[plane..<(2 * plane)]) == Array(ct.voxels[plane..<(2 * plane)]))
    }
}
