import Imaging
import Severity
import Testing

/// What the input lacks leaves scores without a value and with the reason, and nothing else.
@Suite struct NotApplicableTests {
    static func scan(slices: Int = 6) throws -> HandMadeScan {
        try HandMadeScan.twoLungs(slices: slices) { i, j, _ in i == 0 ? 1 : i == 7 && j == 0 ? 2 : i == 4 ? 3 : 0 }
    }

    @Test func withoutHounsfieldUnits() throws {
        let scores = try Self.scan().scores(ScanFacts(isHounsfield: false))
        let reason = NotApplicable.notHounsfieldUnits
        #expect(scores.percentageOfHighOpacity == .notApplicable(reason))
        #expect(scores.lungs.map(\.percentageOfHighOpacity) == [.notApplicable(reason), .notApplicable(reason)])
        #expect(scores.tissues.lung.mean == .notApplicable(reason))
        #expect(scores.slices.all[0].percentageOfHighOpacity == .notApplicable(reason))
        #expect(scores.percentageOfOpacity.value != nil && scores.triageLevel.value != nil)
        #expect(scores.zoneScore.value != nil && scores.tissues.consolidation.volume.value != nil)
    }

    @Test func withoutSpacing() throws {
        let scores = try Self.scan().scores(ScanFacts(isSpacingKnown: false))
        let reason = NotApplicable.spacingUnknown
        #expect(scores.tissues.lung.volume == .notApplicable(reason))
        #expect(scores.lungs.map(\.lungVolume) == [.notApplicable(reason), .notApplicable(reason)])
        #expect(scores.zones.allSatisfy { $0.lungVolume == .notApplicable(reason) })
        #expect(scores.slices.all.allSatisfy { $0.lungArea == .notApplicable(reason) })
        // A share of voxels that are all alike needs no size.
        let known = try Self.scan().scores()
        #expect(scores.percentageOfOpacity == known.percentageOfOpacity)
        #expect(scores.zones.map(\.score) == known.zones.map(\.score))
        #expect(scores.tissues.lung.mean == known.tissues.lung.mean)
    }

    @Test func oneSlice() throws {
        for facts in [ScanFacts(), ScanFacts(slices: .unrelated)] {
            let scores = try Self.scan(slices: 1).scores(facts)
            try expectNoVolumes(scores, .singleSlice)
            #expect(isClose(scores.slices.all[0].percentageOfOpacity.value, 100 * 6 / 40))
            #expect(scores.tissues.lung.mean == .value(-800))
        }
    }

    @Test func unrelatedSlices() throws {
        let scores = try Self.scan().scores(ScanFacts(slices: .unrelated))
        try expectNoVolumes(scores, .unrelatedSlices)
        #expect(scores.tissues.lung.mean == .notApplicable(.unrelatedSlices))
        #expect(scores.slices.all.count == 6)
        #expect(scores.slices.all.allSatisfy { isClose($0.percentageOfOpacity.value, 15) })
        #expect(scores.slices.affected == 6)
    }

    private func expectNoVolumes(_ scores: SeverityScores, _ reason: NotApplicable) throws {
        #expect(scores.triageLevel == .notApplicable(reason))
        #expect(scores.percentageOfOpacity == .notApplicable(reason))
        #expect(scores.percentageOfHighOpacity == .notApplicable(reason))
        #expect(scores.zoneScore == .notApplicable(reason))
        #expect(scores.zones.allSatisfy { $0.score.reason == reason && $0.percentageOfOpacity.reason == reason })
        #expect(scores.lungs.allSatisfy { $0.lungVolume.reason == reason && $0.zoneScore.reason == reason })
        #expect(scores.tissues.lung.volume == .notApplicable(reason))
        #expect(scores.addedToLungs == .notApplicable(reason))
        #expect(!scores.hasRemark("smallLungs") && !scores.hasRemark("lungMissing"))
    }
}
