import Imaging
import Severity
import Testing

/// The six zones: thirds of each lung, and the bins of their scores.
@Suite struct ZoneTests {
    /// A zone of two slices has 40 voxels of lung: a quarter are 10.
    @Test(arguments: [
        (0, 0), (1, 1), (9, 1), (10, 2), (19, 2), (20, 3), (29, 3), (30, 4), (39, 4), (40, 4),
    ])
    func binsAreExactAtTheirEdges(opacity: Int, score: Int) throws {
        for side in LungSide.allCases {
            for (index, third) in [ZoneScores.Third.lower, .middle, .upper].enumerated() {
                var left = opacity
                let scan = try HandMadeScan.twoLungs(slices: 6) { i, _, k in
                    guard k / 2 == index, side == .right ? i < 4 : i >= 6, left > 0 else { return 0 }
                    left -= 1
                    return left % 2 == 0 ? 1 : 2
                }
                let scores = try scan.scores()
                for zone in scores.zones {
                    let isIt = zone.side == side && zone.third == third
                    #expect(zone.score == .value(isIt ? score : 0), "\(opacity) in \(side) \(third), zone \(zone)")
                    #expect(isClose(zone.percentageOfOpacity.value, isIt ? Double(opacity) * 2.5 : 0))
                }
                #expect(scores.zoneScore == .value(score))
                #expect(try scores.lung(side).zoneScore == .value(score))
                #expect(isClose(scores.percentageOfOpacity.value, 100 * Double(opacity) / 240))
            }
        }
    }

    /// The middle of a slice decides, whatever the number of slices; the two lungs have thirds of their own.
    @Test(arguments: 1...14)
    func thirdsOfAnyNumberOfSlices(slices: Int) throws {
        let lower = 2
        let scan = try HandMadeScan(
            10, 2, slices + 5,
            lungs: { i, _, k in
                if i < 4 { return (lower..<lower + slices).contains(k) ? 1 : 0 }
                return i >= 6 ? 2 : 0
            })
        let scores = try scan.scores(ScanFacts())
        var expected = [0, 0, 0]
        for k in 0..<slices { expected[Int((Double(k) + 0.5) * 3 / Double(slices))] += 8 }
        for (third, voxels) in zip([ZoneScores.Third.lower, .middle, .upper], expected) {
            let zone = try scores.zone(.right, third)
            #expect(isClose(zone.lungVolume.value, Double(voxels) / 1000), "\(third) of \(slices) slices")
            #expect(zone.score == (voxels == 0 ? .notApplicable(.noLung) : .value(0)))
        }
        #expect(scores.zoneScore == (slices < 3 ? .notApplicable(.noLung) : .value(0)))
    }

    /// Specks of up to 0.2 % of a lung below it do not move its thirds, and are counted in the lowest.
    @Test func specksDoNotMoveTheThirds() throws {
        // 12 slices of 400 voxels a lung: 0.2 % are 9.
        for (speck, middle) in [(0, 1600), (9, 1600), (10, 1200)] {
            let scan = try HandMadeScan(
                50, 20, 30,
                lungs: { i, j, k in
                    if (16..<28).contains(k) { return i < 20 ? 1 : i >= 30 ? 2 : 0 }
                    return k == 1 && j == 0 && i < speck ? 1 : 0
                })
            let scores = try scan.scores()
            #expect(isClose(try scores.zone(.right, .middle).lungVolume.value, Double(middle) / 1000), "\(speck)")
            #expect(isClose(try scores.zone(.left, .middle).lungVolume.value, 1.6))
            if speck == 9 { #expect(isClose(try scores.zone(.right, .lower).lungVolume.value, 1.609)) }
        }
    }

    /// A turned grid cuts the same patient into the same zones, but for a level's height: the head is up, not the last slice.
    @Test func tiltedGridsHaveTheSameZones() throws {
        let phantom = try ChestPhantom(
            seed: 7, noise: 0,
            findings: [
                PhantomFinding(.groundGlass, volume: 500, location: .right, zone: .lower),
                PhantomFinding(.consolidation, volume: 200, location: .left, zone: .upper),
            ])
        func scores(tilt: SIMD3<Double>) throws -> SeverityScores {
            let grid = try ChestPhantom.grid(
                size: GridSize(i: 130, j: 130, k: 110), spacing: Spacing(i: 3.4, j: 3.4, k: 4), tilt: tilt)
            let rendering = try phantom.render(on: grid)
            return try SeverityScores(
                ct: rendering.ct.lps(), lungs: rendering.lungs.lps(), lesions: .multiclass(rendering.lesions.lps()))
        }
        let straight = try scores(tilt: [0, 0, 0])
        #expect(straight.zones.contains { ($0.percentageOfOpacity.value ?? 0) > 20 })
        for tilt in [SIMD3(20.0, 0, 0), [0, 15, 0], [-18, 12, 25]] {
            for (turned, zone) in zip(try scores(tilt: tilt).zones, straight.zones) {
                let expected = try #require(zone.lungVolume.value)
                #expect(isClose(turned.lungVolume.value, expected, within: 0.08 * expected), "\(tilt), \(zone)")
                let share = try #require(zone.percentageOfOpacity.value)
                #expect(isClose(turned.percentageOfOpacity.value, share, within: 2), "\(tilt), \(zone)")
            }
        }
    }
}
