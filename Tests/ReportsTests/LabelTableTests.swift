import Imaging
import Reports
import Testing

/// The BIDS look-up table.
@Suite struct LabelTableTests {
    @Test func findings() {
        #expect(
            LabelTable(.findings).tsv
                == "index\tname\tabbreviation\tcolor\n1\tGround-glass opacity\tGGO\t#6A80FF\n"
                + "2\tConsolidation\tCONS\t#EE4A00\n3\tPleural effusion\tPLEFF\t#FFF51E\n")
    }

    @Test func namesFromPluginsAddNoColumnAndNoRow() {
        let scheme = LabelScheme([
            .init(value: 7, name: "a\tb\nc\u{0}\u{7}d\r\n", color: RGB(1, 2, 3)),
            .init(value: 9, name: " \t", color: RGB(0, 255, 16)),
            .init(value: 10, name: "Crazy paving", color: .black),
            .init(value: 11, name: "Crazy Pattern", color: .black),
            .init(value: 12, name: "Nodule", color: .black),
        ])
        let rows = LabelTable(scheme, abbreviations: [12: "N\tD"]).tsv.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(rows.allSatisfy { $0.count == 4 }, "\(rows)")
        #expect(rows.dropFirst().map { $0[0] } == ["7", "9", "10", "11", "12"])
        #expect(rows[1] == ["7", "a b c d", "ABCD", "#010203"])
        #expect(rows[2] == ["9", "n/a", "n/a", "#00FF10"])
        // Abbreviations stay apart.
        #expect(rows[3][2] == "CP" && rows[4][2] == "CP11" && rows[5][2] == "N D")
    }
}
