import Foundation
import Reports
import Severity
import Testing

/// The list of all studies.
@Suite struct WorklistTests {
    static func entry(
        _ name: String, _ level: TriageLevel?, _ opacity: Double = 0, received: String = "2026-11-24 10:00"
    ) -> WorklistEntry {
        let summary = SeveritySummary(
            triageLevel: level.map(Score.value) ?? .notApplicable(.singleSlice),
            percentageOfOpacity: level == nil ? .notApplicable(.singleSlice) : .value(opacity),
            percentageOfHighOpacity: .notApplicable(.notHounsfieldUnits),
            zoneScore: level == nil ? .notApplicable(.singleSlice) : .value(7), gravestRemark: .warning)
        return WorklistEntry(
            study: name, received: received,
            outcome: .analysed(summary, report: "\(name)/report.html", thumbnail: "\(name)/thumbnail.png"))
    }

    static func failed(_ name: String) -> WorklistEntry {
        WorklistEntry(
            study: name, received: "2026-11-24 11:00",
            outcome: .failed(code: "notNIfTI", sentence: "The file is no NIfTI file."))
    }

    @Test func mostSevereFirst() {
        let entries = [
            Self.entry("c90", .critical, 90), Self.entry("c80", .critical, 80), Self.entry("s", .severe, 60),
            Self.entry("m", .moderate, 30), Self.entry("i-new", .mild, 5, received: "2026-11-24 12:00"),
            Self.entry("i-a", .mild, 5), Self.entry("i-b", .mild, 5), Self.entry("n", TriageLevel.none, 0.05),
            Self.entry("one-slice", nil), Self.failed("broken"),
        ]
        // Whatever the order they come in.
        for shift in 0..<entries.count {
            let turned = Array(entries[shift...] + entries[..<shift]).reversed()
            #expect(Worklist(Array(turned)).sorted.map(\.study) == entries.map(\.study), "shift \(shift)")
        }
        let check = PageCheck(Worklist(entries.reversed(), updated: "2026-11-24 13:00").html())
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.texts(of: "bdi") == entries.map(\.study))
        #expect(
            check.texts(of: "h2") == [
                "Critical 2", "Severe 1", "Moderate 1", "Mild 3", "None 1", "Without a level 1", "Failed 1",
            ])
        // Those that need a look although they have no level are counted at the top.
        #expect(check.texts(of: "li").suffix(2) == ["1 Without a level", "1 Failed"])
        #expect(
            check.text.contains("The file is no NIfTI file.") && check.text.contains("10 studies, most severe first"))
        #expect(check.attributes("href", of: "a").contains("./c90/report.html"))
        #expect(check.attributes("src", of: "img").count == 9)
        #expect(check.attributes("loading", of: "img").allSatisfy { $0 == "lazy" })
    }

    @Test func noStudyYet() {
        let check = PageCheck(Worklist([]).html())
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.text.contains("There is no study yet."))
    }

    @Test func twoThousandStudies() {
        let levels: [TriageLevel?] = TriageLevel.allCases + [nil]
        let entries = (0..<2000).map { Self.entry("study-\($0)", levels[$0 % 6], Double($0 % 100)) }
        let page = Worklist(entries).html()
        let check = PageCheck(page)
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.texts(of: "bdi").count == 2000)
        #expect(page.utf8.count < 2_000_000, "\(page.utf8.count) bytes")
        #expect(!page.contains("data:"))
    }

    @Test(arguments: hostileTexts + ["//evil.example/x", "../../etc/passwd", "a b/c?d#e", "C:\\x", "/root"])
    func linksLeadNowhereElse(_ name: String) throws {
        let entries = [Self.entry(name, .mild, 3), Self.failed(name)]
        let page = Worklist(entries, updated: name).html()
        let check = PageCheck(page)
        #expect(check.failures.isEmpty, "\(check.failures)")
        let links = check.attributes("href", of: "a").filter { !$0.hasPrefix("#") } + check.attributes("src", of: "img")
        let folder = try #require(URL(string: "file:///outbox/"))
        for link in links {
            let target = try #require(URL(string: link, relativeTo: folder)).absoluteURL.standardized
            #expect(target.scheme == "file" && target.path.hasPrefix("/outbox/"), "\(link) leads to \(target)")
            #expect(target.query == nil && target.fragment == nil)
        }
        #expect(!page.contains("<script"))
    }
}
