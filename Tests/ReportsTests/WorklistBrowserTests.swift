import Foundation
import Imaging
import Reports
import Severity
import Testing

/// The worklist and a report in a real browser, opened as files: `check_worklist.py`, where there are Chromium and a Python
/// that drives it.
@Suite struct WorklistBrowserTests {
    private static let renewal = 300.0

    @Test func aBrowserAgrees() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "worklist-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let now = Date.now.timeIntervalSince1970
        let entries = Self.entries(now)
        let news = [
            WorklistEntry.analysed("came-critical", .critical, 99, received: now, urgency: .stat),
            .failed("came-broken", received: now),
        ]
        // The study at the top is gone, and one is scored anew.
        let later =
            entries.filter { !["critical-0", "mild-1"].contains($0.study) }
            + [.analysed("mild-1", .mild, 24.5, received: now - 500)] + news
        let pages = [
            "index": Worklist(entries, made: now, renewal: Self.renewal),
            "later": Worklist(later, made: now + 1, renewal: Self.renewal),
            "forgotten": Worklist(entries, made: now - 3600, renewal: Self.renewal),
            "empty": Worklist([], made: now, renewal: Self.renewal),
            "hostile": Worklist(Self.hostile(now), made: now, renewal: Self.renewal),
            "full": Worklist(Self.full(now), made: now, renewal: Self.renewal),
        ]
        for (name, list) in pages { try write(list.html(), to: folder, name) }
        let study = folder.appending(path: "critical-0")
        try FileManager.default.createDirectory(at: study, withIntermediateDirectories: true)
        try Data(PNG.encode(SmallStudy().montage.thumbnail())).write(to: study.appending(path: "thumbnail.png"))
        try write(SmallStudy(slices: 20) { i, _, k in i < 30 && k < 9 ? 1 : 0 }.page(name: "a"), to: folder, "report")

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            ProcessInfo.processInfo.environment["LUNGTRIAGE_PYTHON"] ?? "python3",
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "check_worklist.py").path, folder.path,
        ]
        try process.run()
        process.waitUntilExit()
        // 77: there is no browser, or nothing to drive it; the script says which.
        if process.terminationStatus != 77 { #expect(process.terminationStatus == 0) }
    }

    private func write(_ page: String, to folder: URL, _ name: String) throws {
        try Data(page.utf8).write(to: folder.appending(path: "\(name).html"))
    }

    /// Two of each level, hours apart, and two that failed. `NAME-1` came a minute after `NAME-0` and has less opacity, where
    /// there is any. `mild-0` is STAT.
    private static func entries(_ now: Double) -> [WorklistEntry] {
        let levels: [(name: String, level: TriageLevel?, opacity: Double)] = [
            ("critical", .critical, 90), ("severe", .severe, 60), ("moderate", .moderate, 30), ("single", nil, 0),
            ("mild", .mild, 5), ("none", TriageLevel.none, 0),
        ]
        var entries: [WorklistEntry] = []
        for (hour, level) in levels.enumerated() {
            let received = now - 3600 * Double(hour + 1)
            entries += [
                .analysed(
                    "\(level.name)-0", level.level, level.opacity, received: received,
                    urgency: level.name == "mild" ? .stat : .routine),
                .analysed("\(level.name)-1", level.level, max(level.opacity - 1, 0), received: received + 60),
            ]
        }
        return entries + [.failed("broken-0", received: now - 700), .failed("broken-1", received: now - 800)]
    }

    private static func hostile(_ now: Double) -> [WorklistEntry] {
        hostileTexts.enumerated().flatMap { place, text in
            [
                WorklistEntry.analysed(text, .mild, Double(place), received: now),
                WorklistEntry(
                    job: Int64(place), study: text, received: now, outcome: .failed(code: text, sentence: text)),
            ]
        }
    }

    /// As many as a page ever lists.
    private static func full(_ now: Double) -> [WorklistEntry] {
        let levels: [TriageLevel?] = TriageLevel.allCases + [nil]
        return (0..<1000).map {
            .analysed("study-\($0)", levels[$0 % 6], Double($0 % 100), received: now - Double($0) * 400)
        } + (0..<50).map { .failed("broken-\($0)", received: now - Double($0) * 900) }
    }
}
