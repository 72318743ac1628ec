import Foundation
import Reports
import Severity
import Testing

/// The list of all studies, as text; `WorklistBrowserTests` open it in a browser.
@Suite struct WorklistTests {
    /// 2026-11-24 10:00 UTC.
    static let morning = 1_795_514_400.0

    @Test func mostSevereFirst() {
        let entries = [
            failedEntry("broken-new", received: Self.morning + 60), failedEntry("broken", received: Self.morning),
            entry("c90", .critical, 90), entry("c80", .critical, 80), entry("s", .severe, 60),
            entry("m", .moderate, 30), entry("one-slice", nil), entry("i-new", .mild, 5, received: Self.morning + 7200),
            entry("i-a", .mild, 5), entry("i-b", .mild, 5), entry("n", TriageLevel.none, 0.05),
        ]
        // Whatever the order they come in.
        for shift in 0..<entries.count {
            let turned = Array(entries[shift...] + entries[..<shift]).reversed()
            let list = Worklist(Array(turned), made: Self.morning, renewal: 300)
            #expect(list.sorted.map(\.study) == entries.map(\.study), "shift \(shift)")
        }
        let check = Self.check(Worklist(entries.reversed(), made: Self.morning, renewal: 300))
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.texts(of: "bdi") == entries.map(\.study))
        #expect(check.texts(of: "h2") == ["Failed 2", "Studies"])
        #expect(check.texts(of: "title") == ["2 critical, 2 failed – Worklist – Lungtriage"])
        let counts = check.texts(of: "li").suffix(6)
        #expect(counts == ["2 Critical", "1 Severe", "1 Moderate", "1 No level", "3 Mild", "1 None"])
        // What went wrong, and what to do about it.
        #expect(check.text.contains("The file is no NIfTI file.") && check.text.contains("Export the series as NIfTI"))
        #expect(check.text.contains("9 studies, most severe first"))
        #expect(check.attributes("href", of: "a").contains("./c90/report.html"))
        #expect(check.attributes("src", of: "img").count == 9)
        #expect(check.attributes("loading", of: "img").allSatisfy { $0 == "lazy" })
        #expect(check.attributes("datetime", of: "time").first == "2026-11-24T10:00:00Z")
    }

    @Test func noStudyYet() {
        let check = Self.check(Worklist([], made: Self.morning, renewal: 300))
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.text.contains("There is no study yet."))
    }

    @Test func urgencyIsWritten() {
        let entries = [entry("a", .mild, 5, urgency: .stat), entry("b", .mild, 4, urgency: .urgent), entry("c", .mild)]
        let check = Self.check(Worklist(entries, made: Self.morning, renewal: 300))
        #expect(check.texts(of: "a") == ["a STAT", "b Urgent", "c"])
    }

    /// What is not listed is counted, with where to find it.
    @Test func moreThanAreListed() {
        let failed = (0..<6).map { failedEntry("bad-\($0)", received: Self.morning + Double($0)) }
        let list = Worklist(
            [entry("a", .mild, 5)] + failed, totals: .init(analysed: 10_000, failed: 80), made: Self.morning,
            renewal: 300)
        let check = Self.check(list)
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.text.contains("The newest 1 of 10000, most severe first."))
        #expect(check.texts(of: "h2") == ["Failed 80", "Studies"])
        #expect(
            check.texts(of: "summary") == [
                "3 more, older. The oldest 74 are not listed here: lungtriage list --state failed."
            ])
    }

    @Test func aThousandStudies() {
        let levels: [TriageLevel?] = TriageLevel.allCases + [nil]
        let entries = (0..<1000).map { entry("study-\($0)", levels[$0 % 6], Double($0 % 100)) }
        let page = Worklist(entries, made: Self.morning, renewal: 300).html()
        let check = PageCheck(page, hasScript: true)
        #expect(check.failures.isEmpty, "\(check.failures)")
        #expect(check.texts(of: "bdi").count == 1000)
        #expect(page.utf8.count < 1_200_000, "\(page.utf8.count) bytes")
        #expect(!page.contains("data:"))
    }

    @Test(arguments: hostileTexts + ["//evil.example/x", "../../etc/passwd", "a b/c?d#e", "C:\\x", "/root"])
    func linksLeadNowhereElse(_ name: String) throws {
        let failure = WorklistEntry.Outcome.failed(code: name, sentence: name)
        let failed = WorklistEntry(job: 2, study: name, received: .infinity, outcome: failure)
        let check = Self.check(Worklist([entry(name, .mild, 3), failed], made: Self.morning, renewal: 300))
        #expect(check.failures.isEmpty, "\(check.failures)")
        let links = check.attributes("href", of: "a").filter { !$0.hasPrefix("#") } + check.attributes("src", of: "img")
        let folder = try #require(URL(string: "file:///outbox/"))
        #expect(links.count == 2)
        for link in links {
            let target = try #require(URL(string: link, relativeTo: folder)).absoluteURL.standardized
            #expect(target.scheme == "file" && target.path.hasPrefix("/outbox/"), "\(link) leads to \(target)")
            #expect(target.query == nil && target.fragment == nil)
        }
    }

    private static func check(_ list: Worklist) -> PageCheck { PageCheck(list.html(), hasScript: true) }

    private func entry(
        _ name: String, _ level: TriageLevel?, _ opacity: Double = 0, received: Double = Self.morning,
        urgency: WorklistEntry.Urgency = .routine
    ) -> WorklistEntry {
        .analysed(name, level, opacity, received: received, urgency: urgency)
    }

    private func failedEntry(_ name: String, received: Double) -> WorklistEntry { .failed(name, received: received) }
}

extension WorklistEntry {
    /// The number follows from the name.
    static func analysed(
        _ name: String, _ level: TriageLevel?, _ opacity: Double, received: Double, urgency: Urgency = .routine
    ) -> WorklistEntry {
        let summary = SeveritySummary(
            triageLevel: level.map(Score.value) ?? .notApplicable(.singleSlice),
            percentageOfOpacity: level == nil ? .notApplicable(.singleSlice) : .value(opacity),
            percentageOfHighOpacity: .notApplicable(.notHounsfieldUnits),
            zoneScore: level == nil ? .notApplicable(.singleSlice) : .value(7), gravestRemark: .warning)
        return WorklistEntry(
            job: number(name), study: name, received: received, urgency: urgency,
            outcome: .analysed(summary, report: "\(name)/report.html", thumbnail: "\(name)/thumbnail.png"))
    }

    static func failed(_ name: String, received: Double) -> WorklistEntry {
        WorklistEntry(
            job: number(name), study: name, received: received,
            outcome: .failed(code: "badInput", sentence: "The file is no NIfTI file."))
    }

    private static func number(_ name: String) -> Int64 {
        name.utf8.reduce(7) { ($0 &* 31 &+ Int64($1)) & 0xFFFF_FFFF_FFFF }
    }
}
