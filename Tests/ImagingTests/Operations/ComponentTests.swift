import Imaging
import Testing

@Suite struct ComponentTests {
    @Test func agreeWithScipy() throws {
        for golden in try GoldenVolumes.load().components {
            let mask = try makeMask(golden.seed, golden.size, percent: golden.percent)
            let connectivity = try #require(Connectivity(rawValue: golden.connectivity))
            let found = try mask.components(connectivity)
            let name = Comment("seed \(golden.seed), connectivity \(golden.connectivity)")
            #expect(found.components.count == golden.count, name)
            #expect(digest(found.labelled().voxels.lazy.map { Int($0) }) == golden.labels, name)
            #expect(digest(found.components.map(\.voxels)) == golden.sizes, name)

            let largest = try #require(found.components.first { $0.voxels == golden.largest })
            #expect(
                [largest.box.i, largest.box.j, largest.box.k].map { [$0.lowerBound, $0.upperBound] } == golden.box)
            let centroid = [largest.centroid.i, largest.centroid.j, largest.centroid.k]
            #expect(firstDifference(centroid, golden.centroid, tolerance: 1e-9) == nil, name)
            #expect(digest(try mask.keepingLargestComponents(connectivity: connectivity)) == golden.largestMask, name)
            // Voxels of 1 mm³: fewer than five.
            let kept = try mask.removingComponents(smallerThan: 0.0045, connectivity: connectivity)
            #expect(digest(kept) == golden.withoutSmall, name)
        }
    }

    @Test func holesAgreeWithScipy() throws {
        for golden in try GoldenVolumes.load().holes {
            let mask = try makeMask(golden.seed, golden.size, percent: golden.percent)
            #expect(digest(try mask.fillingHoles(.inSlices)) == golden.inSlices, "seed \(golden.seed)")
            #expect(digest(try mask.fillingHoles(.inVolume)) == golden.inVolume, "seed \(golden.seed)")
        }
    }

    /// Two voxels that share only a corner, or only an edge.
    @Test(arguments: [(Connectivity.six, 3), (.eighteen, 2), (.twentySix, 1), (.four, 3), (.eight, 2)])
    func cornersAndEdges(connectivity: Connectivity, count: Int) throws {
        var mask = try makeMask(0, [3, 3, 3], percent: 0)
        mask[0, 0, 0] = 1
        mask[1, 1, 0] = 1
        mask[2, 2, 1] = 1
        #expect(try mask.components(connectivity).components.count == count)
    }

    @Test func labelsOfKeptComponentsStay() throws {
        var labels = try makeMask(0, [9, 4, 2], percent: 0)
        (labels[0, 0, 0], labels[1, 0, 0], labels[2, 0, 0]) = (3, 2, 3)
        (labels[5, 1, 1], labels[6, 1, 1]) = (7, 7)
        labels[8, 3, 1] = 9
        let kept = try labels.keepingLargestComponents(2, connectivity: .six)
        #expect(kept[0, 0, 0] == 3 && kept[1, 0, 0] == 2 && kept[5, 1, 1] == 7 && kept[8, 3, 1] == 0)
        #expect(
            imagingErrorCode { _ = try labels.keepingLargestComponents(-1, connectivity: .six) } == .invalidArgument)
    }

    /// The largest of the volume counts, or of a slice where components lie in slices.
    @Test func smallSharesOfTheLargestGo() throws {
        var mask = try makeMask(0, [12, 4, 2], percent: 0)
        for i in 0..<10 { mask[i, 0, 0] = 3 }
        for i in 0..<2 { mask[i, 2, 0] = 1 }
        for i in 0..<2 { mask[i, 2, 1] = 1 }
        mask[5, 3, 1] = 1
        let inVolume = try mask.removingComponents(belowShareOfLargest: 0.35, connectivity: .six)
        // Two and two voxels are joined across slices, four of ten.
        #expect(inVolume.voxels.count { $0 != 0 } == 14)
        #expect(inVolume[5, 3, 1] == 0 && inVolume[0, 2, 1] == 1 && inVolume[0, 0, 0] == 3)
        let inSlices = try mask.removingComponents(belowShareOfLargest: 0.35, connectivity: .four)
        #expect(inSlices[0, 2, 0] == 0 && inSlices[0, 2, 1] == 1 && inSlices[5, 3, 1] == 1)
    }

    /// What hangs together with a value stays, with its own values; corners count where the connectivity has them.
    @Test func keptByWhatTheyHold() throws {
        var mask = try makeMask(0, [6, 3, 2], percent: 0)
        mask[0, 0, 0] = 3
        mask[1, 0, 0] = 3
        mask[2, 0, 0] = 2
        mask[3, 1, 1] = 3
        mask[5, 2, 0] = 3
        for (connectivity, kept) in [(Connectivity.six, 3), (.twentySix, 4), (.eight, 3)] {
            let result = try mask.keepingComponents(holding: 1...2, connectivity: connectivity)
            #expect(result.voxels.count { $0 != 0 } == kept, "\(connectivity)")
            #expect(result[0, 0, 0] == 3 && result[2, 0, 0] == 2 && result[5, 2, 0] == 0)
        }
    }

    @Test func emptyAndFullMasks() throws {
        let empty = try makeMask(0, [9, 4, 2], percent: 0)
        #expect(try empty.components(.six).components.isEmpty)
        #expect(empty.boundingBox == nil)
        #expect(digest(try empty.fillingHoles(.inVolume)) == digest(empty))
        #expect(digest(try empty.keepingLargestComponents(connectivity: .six)) == digest(empty))
        let full = try makeMask(0, [9, 4, 2], percent: 100)
        #expect(try full.components(.six).components.map(\.voxels) == [72])
        #expect(full.boundingBox == VoxelBox(i: 0..<9, j: 0..<4, k: 0..<2))
    }

    @Test func threadsDoNotMatter() throws {
        let mask = try makeMask(77, [70, 60, 50], percent: 33)
        let parallel = try mask.components(.six)
        try Parallel.$isSerial.withValue(true) {
            let serial = try mask.components(.six)
            #expect(serial.components.count == parallel.components.count)
            #expect(
                digest(serial.labelled().voxels.lazy.map { Int($0) })
                    == digest(parallel.labelled().voxels.lazy.map { Int($0) }))
        }
    }
}
