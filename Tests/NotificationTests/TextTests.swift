import Bus
import Notifications
import Testing

@Suite struct TextTests {
    private func news(_ job: TriageJob) throws -> StudyNews { try #require(StudyNews(job)) }

    @Test func `a study's title says the level, its body the scores`() throws {
        let text = NotificationText(try news(.completed("1")))
        #expect(text.title == "Severe: P001")
        #expect(
            text.body == [
                "Opacity 23.4 % of the lungs, zone score 11 of 24", "Research use, not a medical device.",
            ])
    }

    @Test func `scores that do not apply are named with their reason, once`() throws {
        let why = "The values are not Hounsfield units."
        let job = TriageJob.completed(
            "1", level: "unknown", po: nil, zoneScore: nil, missing: ["po": why, "level": why, "pho": "not told"])
        let text = NotificationText(try news(job))
        #expect(text.title == "No level: P001")
        #expect(text.body == ["Opacity not measured, no zone score", why, "Research use, not a medical device."])
    }

    @Test(arguments: [-1, .infinity, .nan, 101.0]) func `a percentage that cannot be is none`(po: Double) throws {
        let scores = StudyNews.Scores(TriageResult(level: "mild", po: po, pho: nil, zoneScore: 4_294_967_295))
        #expect(scores.percentageOfOpacity == nil && scores.zoneScore == nil && scores.level == .mild)
    }

    @Test func `a failed study says why`() throws {
        let text = NotificationText(try news(.failed("1")))
        #expect(text == NotificationText(title: "Not analysed: P001", body: ["This is no CT."]))
    }

    @Test func `a summary counts, and names the gravest`() throws {
        var summary = NewsSummary()
        for number in 1...15 { summary.add(try news(.completed("\(number)", "mild\(number)", level: "mild"))) }
        for name in ["A", "B"] { summary.add(try news(.completed(name, name, level: "critical"))) }
        summary.add(try news(.failed("f", "F")))
        let text = NotificationText(summary)
        #expect(text.title == "17 studies finished, 2 critical, 1 not analysed")
        #expect(
            text.body == [
                "Critical: A, B", "Not analysed: F", "Mild: mild1, mild2, mild3, mild4, mild5 and 10 more",
                "Research use, not a medical device.",
            ])
        #expect(NotificationUrgency(summary) == .critical)
    }

    @Test func `a summary of failures only says so`() throws {
        let text = NotificationText(NewsSummary([try news(.failed("1", "A")), try news(.failed("2", "B"))]))
        #expect(text.title == "2 studies not analysed" && text.body.first == "Not analysed: A, B")
    }

    @Test(arguments: [
        ("none", NotificationUrgency.low), ("mild", .low), ("moderate", .normal), ("severe", .normal),
        ("critical", .critical), ("unknown", .normal), ("a level of the future", .normal),
    ]) func `the urgency follows the level`(level: String, urgency: NotificationUrgency) throws {
        #expect(NotificationUrgency(try news(.completed("1", level: level))) == urgency)
    }

    @Test func `doubtful scores are said to be so, and are never a quiet matter`() throws {
        let job = TriageJob.completed("1", level: "mild", details: ["reliability": .string("doubtful")])
        let doubtful = try news(job)
        #expect(NotificationText(doubtful).body[1] == "Doubtful: do not rely on the scores; the report says why.")
        #expect(NotificationUrgency(doubtful) == .normal && doubtful.matters(from: .critical))
        let summary = NewsSummary([doubtful, try news(.completed("2", level: "mild"))])
        #expect(NotificationUrgency(summary) == .normal)
        #expect(NotificationText(summary).body[1] == "Doubtful scores: 1 study")
        let warned = try news(.completed("1", level: "mild", details: ["reliability": .string("warning")]))
        #expect(NotificationText(warned).body[1] == "With reservations: the report says why.")
        #expect(!warned.matters(from: .moderate))
    }

    @Test func `names of files cannot turn the text around or fill the screen`() {
        #expect("a\u{202E}b\nc\u{0}".plainLine == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
        #expect(String(repeating: "x", count: 200).plainLine == String(repeating: "x", count: 100) + "…")
        #expect("Müller 肺".plainLine == "Müller 肺")
    }

    @Test func `cancelled jobs and those that wait are no news`() {
        let cancelled = TriageEvent.failed(
            job: "1", study: "s", TriageFailure(code: "cancelled", message: "The job was cancelled."),
            TriageAnnouncement(number: 1, isResent: false))
        #expect(StudyNews(cancelled, heard: 1) == nil)
        #expect(StudyNews(TriageJob(id: "1", study: "s", arrived: 1)) == nil)
        var job = TriageJob.failed("1")
        job.state = .cancelled
        #expect(StudyNews(job) == nil)
    }
}
