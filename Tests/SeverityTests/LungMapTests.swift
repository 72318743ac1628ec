import Imaging
import Severity
import Testing

/// Opacities that the lung map does not cover, and lung maps that lack a lung.
@Suite struct LungMapTests {
    /// A lower half of the left lung that the map misses because it is consolidated.
    @Test func opacityThatHangsTogetherWithTheLungsIsLung() throws {
        let scan = try HandMadeScan(
            12, 6, 8,
            lungs: { i, _, k in i < 4 ? 1 : i >= 7 && k >= 4 ? 2 : 0 }, lesions: { i, _, k in i >= 7 && k < 4 ? 2 : 0 })
        let scores = try scan.scores()
        // Right 4·6·8 = 192, left 5·6·4 = 120 and as many of opacity.
        #expect(isClose(scores.percentageOfOpacity.value, 100 * 120 / 432))
        #expect(isClose(try scores.lung(.left).percentageOfOpacity.value, 50))
        #expect(try scores.lung(.right).percentageOfOpacity == .value(0))
        #expect(isClose(scores.addedToLungs.value, 0.12))
        #expect(scores.apartFromLungs == .value(0))
        // The zones are those of the whole lung.
        #expect(try scores.zone(.left, .lower).score == .value(4))
        #expect(try scores.zone(.left, .middle).score == .value(3))
        #expect(try scores.zone(.left, .upper).score == .value(0))
        #expect(scores.hasRemark("opacityBeyondLungMap"))
        #expect(!scores.hasRemark("opacityApartFromLungs"))
    }

    @Test func opacityApartFromTheLungsCountsForNothing() throws {
        let scan = try HandMadeScan(
            14, 6, 6, lungs: { i, _, _ in i < 4 ? 1 : (6..<10).contains(i) ? 2 : 0 },
            lesions: { i, j, k in i == 13 || (i == 0 && j == 0 && k == 0) ? 1 : 0 })
        let scores = try scan.scores()
        #expect(isClose(scores.percentageOfOpacity.value, 100 * 1 / 288))
        #expect(isClose(scores.apartFromLungs.value, 0.036))
        #expect(scores.addedToLungs == .value(0))
        #expect(scores.hasRemark("opacityApartFromLungs"))
        #expect(scores.slices.all.map(\.opacityVoxels) == [1, 0, 0, 0, 0, 0])
    }

    /// Touching by a corner is enough; the side is that of the nearer lung's centre.
    @Test func sidesOfWhatIsAdded() throws {
        let scan = try HandMadeScan(
            20, 6, 6, lungs: { i, j, k in j > 2 && k > 0 ? 0 : i < 6 ? 1 : i >= 14 ? 2 : 0 },
            lesions: { i, j, k in
                // A corner of the right lung, and a bridge between both.
                (i == 6 && j == 3 && k == 1) || (j == 0 && k == 5 && (6..<14).contains(i)) ? 2 : 0
            })
        let scores = try scan.scores()
        #expect(isClose(scores.addedToLungs.value, 0.009))
        let (right, left) = (try scores.lung(.right), try scores.lung(.left))
        #expect(isClose(right.opacityVolume.value, 0.005))
        #expect(isClose(left.opacityVolume.value, 0.004))
    }

    @Test func unrelatedSlicesDoNotHangTogether() throws {
        // In slice 0 lungs, in slice 1 none but an opacity that would lie on slice 0's lung.
        let scan = try HandMadeScan(
            10, 5, 2, lungs: { i, _, k in k == 0 ? (i < 4 ? 1 : i >= 6 ? 2 : 0) : 0 },
            lesions: { i, j, k in k == 1 && i < 2 || k == 0 && i == 4 && j == 0 ? 1 : 0 })
        let slices = try scan.scores(ScanFacts(slices: .unrelated)).slices.all
        #expect(slices[1].percentageOfOpacity == .notApplicable(.noLung))
        #expect(slices[1].opacityVoxels == 0)
        #expect(slices[0].opacityVoxels == 1 && slices[0].lungVoxels == 41)
        #expect(try scan.scores().slices.all[1].opacityVoxels == 10)
    }

    @Test func aMissingLungLeavesNoZoneScore() throws {
        let scan = try HandMadeScan(
            10, 5, 6, lungs: { i, _, _ in i >= 6 ? 2 : 0 }, lesions: { i, _, _ in i == 6 ? 1 : 0 })
        let scores = try scan.scores()
        #expect(scores.zoneScore == .notApplicable(.noLung))
        #expect(try scores.lung(.right).percentageOfOpacity == .notApplicable(.noLung))
        #expect(try scores.lung(.left).zoneScore == .value(6))
        #expect(scores.percentageOfOpacity == .value(25))
        #expect(scores.hasRemark("lungMissing") && scores.gravestRemark == .doubtful)
    }

    @Test func noLungLeavesNoScores() throws {
        let scan = try HandMadeScan(6, 5, 4, lungs: { _, _, _ in 0 }, lesions: { i, _, _ in i == 2 ? 2 : 0 })
        let scores = try scan.scores(binary: scan.lesions.map { $0 == 0 ? 0 : 1 })
        #expect(scores.percentageOfOpacity == .notApplicable(.noLung))
        #expect(scores.percentageOfHighOpacity == .notApplicable(.noLung))
        #expect(scores.triageLevel == .notApplicable(.noLung))
        #expect(scores.zoneScore == .notApplicable(.noLung))
        #expect(scores.slices.percentageAffected == .notApplicable(.noLung))
        #expect(scores.agreement.percentageOfOpacityByBinary == .notApplicable(.noLung))
        #expect(scores.agreement.dice == .value(1))
        #expect(isClose(scores.apartFromLungs.value, 0.02))
        #expect(scores.remarks.map(\.code) == ["noLung", "opacityApartFromLungs"])
    }

    @Test func smallAndUnequalLungsAreRemarked() throws {
        let spacing = Spacing(i: 10, j: 10, k: 10)
        func scan(leftFrom edge: Int) throws -> HandMadeScan {
            try HandMadeScan(
                20, 10, 10, spacing: spacing, lungs: { i, _, _ in i < 8 ? 1 : i >= edge ? 2 : 0 })
        }
        // 0.8 l each: enough; one of 0.3 l: too little beside the other; at half the size all is too little.
        #expect(try scan(leftFrom: 12).scores().remarks.isEmpty)
        #expect(try scan(leftFrom: 17).scores().remarks.map(\.code) == ["lungsUnequal"])
        var small = try scan(leftFrom: 12)
        small.lungs = small.lungs.enumerated().map { $0 % 20 % 8 > 3 ? 0 : $1 }
        #expect(try small.scores().hasRemark("smallLungs"))
    }
}
