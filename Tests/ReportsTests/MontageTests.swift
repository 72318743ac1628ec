import Imaging
import Reports
import Severity
import Testing

/// Which slices a montage shows, and what it says of them.
@Suite struct MontageTests {
    /// Most of it in a peak around slice 60, a lesser part around slice 20.
    static func twoPeaks(_ i: Int, _ j: Int, _ k: Int) -> UInt8 {
        let reach = max(20 - abs(k - 60), 8 - abs(k - 20))
        return reach > 0 && (10..<10 + reach).contains(i) && (20..<30).contains(j) ? 1 : 0
    }

    @Test func slicesShowDifferentPartsOfTheDisease() throws {
        let figure = try SmallStudy(slices: 100, opacity: Self.twoPeaks).montage.figure()
        #expect(figure.slices.count == 4)
        #expect(figure.slices.contains(60), "the most affected one")
        #expect(figure.slices.contains { abs($0 - 20) < 8 }, "one of the lesser part: \(figure.slices)")
        #expect(figure.slices == figure.slices.sorted(by: >), "from the head to the feet")
        for (a, b) in zip(figure.slices, figure.slices.dropFirst()) { #expect(a - b >= 8, "\(figure.slices)") }
        #expect(figure.caption.hasPrefix("Most affected slices, from head to feet"))
        #expect(figure.caption.contains("lung window, W 1500 L −600 HU"))
        #expect(figure.alternative.contains("slice 61, opacity 7.1 % of its lung"), "\(figure.alternative)")
    }

    /// A lesion of 6 mm is one slice's worth; the others show the rest of the lungs.
    @Test func aSmallLesionIsNotShownFourTimes() throws {
        let study = try SmallStudy(slices: 60) { i, j, k in (40...42).contains(k) && i < 15 && i > 11 && j == 30 ? 2 : 0
        }
        let figure = try study.montage.figure()
        #expect(figure.slices.filter { (40...42).contains($0) }.count == 1, "\(figure.slices)")
        #expect(figure.slices.count == 4)
        #expect(figure.caption.hasPrefix("Affected slices and 3 at even distances"))
    }

    @Test func withoutFindingsSlicesAreEvenAndThatIsSaid() throws {
        let figure = try SmallStudy(slices: 60) { _, _, _ in 0 }.montage.figure()
        #expect(figure.slices == [52, 37, 22, 7])
        #expect(figure.caption.hasPrefix("No opacity found: slices at even distances"))
    }

    @Test func effusionCountsButSpecksOfItDoNot() throws {
        let effusion = try SmallStudy(slices: 40) { i, j, k in k == 31 && j >= 50 ? 3 : 0 }.montage.figure()
        #expect(effusion.slices.contains(31) && effusion.alternative.contains("slice 32, effusion"))
        let specks = try SmallStudy(slices: 40) { i, j, k in k == 31 && j == 50 && i == 20 ? 3 : 0 }.montage.figure()
        #expect(specks.caption.hasPrefix("No opacity found"))
    }

    @Test func unrelatedSlicesAreNeighboursOfNothing() throws {
        let shares = [0, 5, 30, 31, 29, 1, 0]
        let study = try SmallStudy(slices: 7, facts: ScanFacts(slices: .unrelated)) { i, j, k in
            (10..<10 + shares[k]).contains(i) && (20..<30).contains(j) ? 1 : 0
        }
        let figure = try study.montage.figure()
        #expect(figure.slices == [1, 2, 3, 4])
        #expect(figure.caption.contains("in the file's order"))
    }

    @Test func fewSlicesAndNoLungsStillMakeAPicture() throws {
        let single = try SmallStudy(slices: 1) { i, _, _ in i == 12 ? 1 : 0 }
        #expect(try single.montage.figure().slices == [0])
        let grid = single.ct.grid
        let empty = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 0, count: grid.size.voxels))
        let scores = try SeverityScores(ct: single.ct, lungs: empty, lesions: .binary(empty))
        let montage = StudyMontage(ct: single.ct, lungs: empty, lesions: .binary(empty), scores: scores)
        #expect(try montage.figure().slices == [0])
        #expect(try montage.thumbnail(width: 80).width == 80)
    }

    @Test func valuesThatAreNoHounsfieldUnitsGetTheirOwnWindow() throws {
        let figure = try SmallStudy(slices: 20, facts: ScanFacts(isHounsfield: false)) { _, _, _ in 0 }.montage.figure()
        #expect(figure.caption.contains("greys from -850 to 40, which are no HU"), "\(figure.caption)")
    }

    /// The overlay lies where the lesion is: to the reader's left for the patient's right, in the right half of a pair.
    @Test func overlaysLieOnTheirLesions() throws {
        let study = try SmallStudy(slices: 30) { i, j, _ in (15..<30).contains(i) && (20..<40).contains(j) ? 2 : 0 }
        let thumbnail = try study.montage.thumbnail(width: 240)
        let red = (0..<thumbnail.width).filter { x in
            let pixel = thumbnail[x, thumbnail.height / 2]
            return Int(pixel.red) > Int(pixel.blue) + 40
        }
        #expect((red.max() ?? 999) < thumbnail.width / 2 && red.count > 20, "\(red)")
    }
}
