import Imaging
import Testing

@Suite struct MorphologyTests {
    private func element(_ golden: GoldenVolumes.Morphology) -> StructuringElement {
        let voxels = golden.argument.map { Int($0) }
        return switch golden.kind {
        case "ball": .ball(radius: golden.argument[0])
        case "disc": .disc(radius: golden.argument[0])
        case "box": .box(i: voxels[0], j: voxels[1], k: voxels[2])
        default: .cross(steps: voxels[0])
        }
    }

    @Test func agreesWithScipy() throws {
        for golden in try GoldenVolumes.load().morphology {
            let mask = try makeMask(golden.seed, golden.size, percent: golden.percent, spacing: golden.spacing)
            let element = element(golden)
            let name = Comment("\(golden.kind) \(golden.argument) at \(golden.spacing), seed \(golden.seed)")
            #expect(digest(try mask.dilated(by: element)) == golden.dilated, name)
            #expect(digest(try mask.eroded(by: element)) == golden.eroded, name)
            #expect(digest(try mask.opened(by: element)) == golden.opened, name)
            #expect(digest(try mask.closed(by: element)) == golden.closed, name)
        }
    }

    @Test func openingNeverAddsAndClosingNeverLoses() throws {
        for seed in UInt64(1)...20 {
            let mask = try makeMask(seed, [25, 18, 11], percent: seed * 5, spacing: [0.7, 0.7, 1.5])
            let opened = try mask.opened(by: .ball(radius: 1.6)).voxels
            let closed = try mask.closed(by: .ball(radius: 1.6)).voxels
            let wrong = mask.voxels.indices.first { opened[$0] > mask.voxels[$0] || closed[$0] < mask.voxels[$0] }
            #expect(wrong == nil, "seed \(seed)")
        }
    }

    @Test func anElementLargerThanTheVolumeReachesEverything() throws {
        var mask = try makeMask(0, [5, 4, 3], percent: 0)
        mask[0, 0, 0] = 200
        let elements: [StructuringElement] = [
            .ball(radius: 1e6), .box(i: .max, j: .max, k: .max), .cross(steps: .max),
        ]
        for element in elements {
            #expect(try mask.dilated(by: element).voxels.allSatisfy { $0 == 1 })
            #expect(try mask.eroded(by: element).voxels.allSatisfy { $0 == 0 })
        }
    }

    @Test func unusableElementsAreRefused() throws {
        let mask = try makeMask(1, [5, 4, 3], percent: 50)
        let elements: [StructuringElement] = [
            .ball(radius: -1), .ball(radius: .nan), .disc(radius: .infinity), .box(i: -1, j: 0, k: 0),
            .cross(steps: -1),
        ]
        for element in elements {
            #expect(imagingErrorCode { _ = try mask.dilated(by: element) } == .invalidArgument, "\(element)")
        }
        let tall = try makeMask(1, [2, 2, 600], percent: 50)
        #expect(imagingErrorCode { _ = try tall.eroded(by: .ball(radius: 255)) } == .invalidArgument)
        #expect(imagingErrorCode { _ = try tall.eroded(by: .ball(radius: 254)) } == nil)
    }

    @Test func distancesAgreeWithScipy() throws {
        func sixteenths(_ value: Float) -> Int { Int((value * value * 16).rounded()) * (value < 0 ? -1 : 1) }
        for golden in try GoldenVolumes.load().distances {
            let mask = try makeMask(golden.seed, golden.size, percent: golden.percent, spacing: golden.spacing)
            #expect(
                digest(mask.distances().voxels.lazy.map(sixteenths)) == golden.distances, "seed \(golden.seed)")
            #expect(
                digest(mask.signedDistances().voxels.lazy.map(sixteenths)) == golden.signed, "seed \(golden.seed)")
        }
    }

    /// Every pair of voxels, in Double.
    @Test func distancesAgreeWithTryingAllPairs() throws {
        let (size, spacing) = ([17, 13, 9], [0.7031, 0.8, 1.2345])
        for seed in UInt64(100)...103 {
            let mask = try makeMask(seed, size, percent: 1, spacing: spacing)
            let foreground = mask.voxels.indices.filter { mask.voxels[$0] != 0 }
            let expected = mask.voxels.indices.map { voxel in
                foreground.map { other in
                    let difference = zip(place(voxel, size), place(other, size)).map { Double($0 - $1) }
                    return zip(difference, spacing).reduce(0) { $0 + ($1.0 * $1.1) * ($1.0 * $1.1) }
                }.min().map { $0.squareRoot() } ?? .infinity
            }
            let actual = mask.distances().voxels.map { Double($0) }
            #expect(firstDifference(actual, expected, tolerance: 1e-5) == nil, "seed \(seed)")
        }
    }

    private func place(_ voxel: Int, _ size: [Int]) -> [Int] {
        [voxel % size[0], voxel / size[0] % size[1], voxel / (size[0] * size[1])]
    }

    @Test func distancesToNothingAreInfinite() throws {
        let empty = try makeMask(0, [5, 4, 3], percent: 0)
        #expect(empty.distances().voxels.allSatisfy { $0 == .infinity })
        #expect(empty.signedDistances().voxels.allSatisfy { $0 == .infinity })
        let full = try makeMask(0, [5, 4, 3], percent: 100)
        #expect(full.distances().voxels.allSatisfy { $0 == 0 })
        #expect(full.signedDistances().voxels.allSatisfy { $0 == -.infinity })
    }

    @Test func threadsDoNotMatter() throws {
        let mask = try makeMask(78, [60, 50, 70], percent: 3, spacing: [0.7, 0.7, 1])
        let (parallel, distances) = (try mask.closed(by: .ball(radius: 4)), mask.signedDistances())
        try Parallel.$isSerial.withValue(true) {
            let (closed, serial) = (try mask.closed(by: .ball(radius: 4)), mask.signedDistances())
            #expect(digest(closed) == digest(parallel))
            #expect(zip(serial.voxels, distances.voxels).allSatisfy { $0 == $1 })
        }
    }
}
