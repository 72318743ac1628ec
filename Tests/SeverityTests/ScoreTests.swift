import Imaging
import Severity
import Testing

/// Percentages, volumes and densities of scans drawn by hand and of the phantom, whose volumes are known.
@Suite struct ScoreTests {
    @Test func figuresByHand() throws {
        // 80 voxels of 2×1×5 mm = 0.01 ml in each lung; on the right 8 ground glass and 4 consolidation, between the lungs
        // 6 effusion.
        let scan = try HandMadeScan.twoLungs(
            slices: 4, spacing: Spacing(i: 2, j: 1, k: 5),
            hounsfield: { i, j, k in
                if i < 2 && k == 0 && j < 4 { return i == 0 ? -500 : -201 }
                if i == 2 && k == 0 && j < 4 { return j == 0 ? -200 : 60 }
                return i == 4 ? 10 : -800
            },
            lesions: { i, j, k in
                guard k == 0 else { return 0 }
                if i < 2 { return j < 4 ? 1 : 0 }
                if i == 2 { return j < 4 ? 2 : 0 }
                return i == 4 && j < 5 ? 3 : 0
            })
        let scores = try scan.scores()
        #expect(isClose(scores.percentageOfOpacity.value, 100 * 12 / 160))
        #expect(isClose(scores.percentageOfHighOpacity.value, 100 * 4 / 160), "−200 HU counts, −201 HU does not")
        #expect(isClose(try scores.lung(.right).percentageOfOpacity.value, 15))
        #expect(isClose(try scores.lung(.right).percentageOfHighOpacity.value, 5))
        #expect(isClose(try scores.lung(.left).percentageOfOpacity.value, 0))
        #expect(isClose(scores.tissues.lung.volume.value, 1.6))
        #expect(isClose(scores.tissues.opacity.volume.value, 0.12))
        #expect(isClose(scores.tissues.groundGlass.volume.value, 0.08))
        #expect(isClose(scores.tissues.consolidation.volume.value, 0.04))
        #expect(isClose(scores.tissues.pleuralEffusion.volume.value, 0.05))
        #expect(isClose(scores.tissues.groundGlass.mean.value, -350.5))
        #expect(isClose(scores.tissues.consolidation.mean.value, -5))
        #expect(isClose(scores.tissues.opacity.mean.value, -2824.0 / 12))
        #expect(isClose(scores.tissues.lung.mean.value, -121_224.0 / 160))
        #expect(isClose(scores.tissues.pleuralEffusion.mean.value, 10))
        #expect(scores.slices.affected == 1 && scores.slices.withLung == 4)
        #expect(isClose(scores.slices.percentageAffected.value, 25))
        #expect(scores.triageLevel == .value(.mild))
        #expect(scores.slices.all.map(\.opacityVoxels) == [12, 0, 0, 0])
        #expect(isClose(scores.slices.all[0].percentageOfOpacity.value, 30))
        #expect(isClose(scores.slices.all[0].percentageOfConsolidation.value, 10))
        #expect(isClose(scores.slices.all[0].lungArea.value, 80))
    }

    @Test(arguments: [
        GridSize(i: 160, j: 160, k: 60), GridSize(i: 110, j: 140, k: 130), GridSize(i: 200, j: 120, k: 33),
    ])
    func phantomOfKnownVolumes(size: GridSize) throws {
        for (seed, findings) in [
            (1, PhantomFinding.moderate),
            (2, [PhantomFinding(.groundGlass, volume: 1200), PhantomFinding(.consolidation, volume: 500)]),
            (3, [PhantomFinding(.groundGlass, volume: 40, location: .left)]), (4, []),
        ] as [(UInt64, [PhantomFinding])] {
            let phantom = try ChestPhantom(seed: seed, noise: 10, findings: findings)
            let rendering = try phantom.render(on: try ChestPhantom.grid(size: size))
            let scores = try SeverityScores(
                ct: rendering.ct.lps(), lungs: rendering.lungs.lps(), lesions: .multiclass(rendering.lesions.lps()))
            let truth = phantom.truth
            func percentage(_ volumes: (PhantomTruth.Sides) -> Double) -> Double {
                100 * (volumes(truth.groundGlass) + volumes(truth.consolidation)) / volumes(truth.lung)
            }
            #expect(isClose(scores.percentageOfOpacity.value, percentage(\.total), within: 1), "seed \(seed)")
            let (right, left) = (try scores.lung(.right), try scores.lung(.left))
            #expect(isClose(right.percentageOfOpacity.value, percentage(\.right), within: 1), "seed \(seed)")
            #expect(isClose(left.percentageOfOpacity.value, percentage(\.left), within: 1), "seed \(seed)")
            #expect(isClose(right.lungVolume.value, truth.lung.right, within: 0.02 * truth.lung.right))
            // Consolidation is dense, ground glass is not, but vessels run through it.
            let dense = 100 * truth.consolidation.total / truth.lung.total
            #expect(isClose(scores.percentageOfHighOpacity.value, dense, within: 2), "seed \(seed)")
            #expect(scores.remarks.isEmpty, "\(scores.remarks)")
        }
    }

    @Test func allLungIsOpacity() throws {
        let scan = try HandMadeScan.twoLungs(slices: 6) { i, _, _ in i == 4 || i == 5 ? 0 : 2 }
        let scores = try scan.scores()
        #expect(scores.percentageOfOpacity == .value(100))
        #expect(scores.percentageOfHighOpacity == .value(0))
        #expect(scores.zoneScore == .value(24))
        #expect(scores.triageLevel == .value(.critical))
    }

    @Test func noLesion() throws {
        let scores = try HandMadeScan.twoLungs(slices: 6) { _, _, _ in 0 }.scores()
        #expect(scores.percentageOfOpacity == .value(0))
        #expect(scores.zoneScore == .value(0))
        #expect(scores.triageLevel == .value(.none))
        #expect(scores.tissues.opacity.volume == .value(0))
        #expect(scores.tissues.opacity.mean == .notApplicable(.nothingFound))
        #expect(scores.slices.affected == 0)
    }

    @Test func effusionIsNoOpacity() throws {
        // Some of it lies where the lung map says lung.
        let scores = try HandMadeScan.twoLungs(slices: 6) { i, _, _ in i >= 4 && i < 8 ? 3 : 0 }.scores()
        #expect(scores.percentageOfOpacity == .value(0))
        #expect(scores.addedToLungs == .value(0) && scores.apartFromLungs == .value(0))
        #expect(isClose(scores.tissues.pleuralEffusion.volume.value, 0.12))
    }

    @Test func theMulticlassMapLeads() throws {
        let scan = try HandMadeScan.twoLungs(slices: 6) { i, j, _ in i == 0 ? 1 : i == 4 && j == 0 ? 3 : 0 }
        // The binary map: half of the same, and twice as much beside it, and the effusion.
        let binary = scan.lesions.indices.map { index -> UInt8 in
            let i = index % 10
            let j = index / 10 % 5
            return (i == 0 && index / 50 < 3) || i == 2 || i == 3 || (i == 4 && j == 0) ? 1 : 0
        }
        let scores = try scan.scores(binary: binary)
        #expect(isClose(scores.percentageOfOpacity.value, 12.5))
        // 30 voxels of opacity, 15 + 60 + 6 of the binary map, 15 in both; 75 of them in the lungs.
        #expect(isClose(scores.agreement.dice.value, 2 * 15 / (30 + 81.0)))
        #expect(isClose(scores.agreement.percentageOfOpacityByBinary.value, 100 * 75 / 240))
        #expect(scores.hasRemark("modelsDisagree"))
        // Alone, the binary map is the opacity, of no known kind.
        var alone = scan
        alone.lesions = binary
        let single = try alone.scores(isBinary: true)
        #expect(single.agreement.dice == .notApplicable(.oneLesionMap))
        #expect(single.tissues.groundGlass.volume == .notApplicable(.noMulticlassMap))
        #expect(single.tissues.pleuralEffusion.mean == .notApplicable(.noMulticlassMap))
        #expect(isClose(single.addedToLungs.value, 0.006))
    }

    @Test func mapsThatDoNotFitAreRefused() throws {
        let scan = try HandMadeScan.twoLungs(slices: 3) { _, _, _ in 0 }
        let ct = try CTVolume(grid: scan.grid, voxels: scan.ct)
        func code(lungs: UInt8 = 0, multiclass: UInt8 = 0, binary: UInt8 = 0) throws -> ImagingError.Code? {
            func map(_ value: UInt8) throws -> LabelVolume {
                try scan.volume(scan.lungs.indices.map { $0 == 77 ? value : 0 })
            }
            let maps = try (lungs: map(lungs), multiclass: map(multiclass), binary: map(binary))
            do {
                _ = try SeverityScores(
                    ct: ct, lungs: maps.lungs, lesions: .both(binary: maps.binary, multiclass: maps.multiclass))
                return nil
            } catch { return error.code }
        }
        #expect(try code(lungs: 2, multiclass: 3, binary: 1) == nil)
        #expect(try code(lungs: 3) == .invalidArgument)
        #expect(try code(multiclass: 4) == .invalidArgument)
        #expect(try code(binary: 2) == .invalidArgument)
        let other = try HandMadeScan.twoLungs(slices: 4) { _, _, _ in 0 }
        let error = #expect(throws: ImagingError.self) {
            _ = try SeverityScores(
                ct: ct, lungs: other.volume(other.lungs), lesions: .binary(scan.volume(scan.lesions)))
        }
        #expect(error?.code == .gridMismatch)
    }
}
