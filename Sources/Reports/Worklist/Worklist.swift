import Pages
import Severity

/// `outbox/index.html`: what failed, with the reason, then every study, most severe first. Works from a `file:` URL: links
/// are relative, thumbnails are the studies' own files and load when they are scrolled to. Complete without scripts; with
/// them (`worklist.js`) it sorts, filters, tells ages and renews itself.
public struct Worklist: Sendable {
    /// How many there are in all, listed here or not.
    public struct Totals: Hashable, Sendable {
        public let analysed: Int
        public let failed: Int

        public init(analysed: Int, failed: Int) {
            self.analysed = analysed
            self.failed = failed
        }
    }

    public let entries: [WorklistEntry]
    public let totals: Totals
    /// When the list was made, seconds since 1970.
    public let made: Double
    /// Seconds after which the next list is due, news or not.
    public let renewal: Double

    /// `totals` may be left out where all are listed.
    public init(_ entries: [WorklistEntry], totals: Totals? = nil, made: Double, renewal: Double) {
        let failed = entries.count { $0.group == .failed }
        self.entries = entries
        self.totals = totals ?? Totals(analysed: entries.count - failed, failed: failed)
        self.made = made
        self.renewal = renewal
    }

    /// All entries as the page lists them. The order does not depend on that of `entries`.
    public var sorted: [WorklistEntry] { entries.sorted(by: WorklistEntry.precedes) }

    public func html() -> String {
        let sorted = self.sorted
        let failed = sorted.filter { $0.group == .failed }
        let analysed = sorted.filter { $0.group != .failed }
        return HTML.page(
            title: title(analysed), style: PageStyle.common + Self.style, script: script,
            [
                .element(
                    "main", [:],
                    [
                        .element("p", ["class": "notice"], HTML("\(SeverityScores.researchUse)")),
                        .element("h1", [:], "Worklist"), state, .element("p", ["id": "overdue", "role": "alert"]),
                        .element("p", ["id": "news", "role": "status", "class": "aloud"]),
                        nothing, failures(failed), studies(analysed),
                    ])
            ])
    }

    /// A tab in the background says how many wait.
    private func title(_ analysed: [WorklistEntry]) -> String {
        let critical = analysed.count { $0.group == .level(.critical) }
        let counts = [(critical, "critical"), (totals.failed, "failed")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return (counts.isEmpty ? "" : counts.joined(separator: ", ") + " – ") + "Worklist – Lungtriage"
    }

    private var script: PageScript {
        PageScript(
            String(decoding: PackageResources.worklist_js, as: UTF8.self),
            // A page may be late by a renewal and some work before anyone is alarmed.
            data: ["made": "\(made)", "overdue": "\(renewal * 2 + 120)"])
    }

    // MARK: - Above the tables

    private var state: HTML {
        .element(
            "div", ["class": "state"],
            .element(
                "p", ["id": "made"], "Renewed ", .element("span", ["class": "age"]), " ", WorklistRows.time(made)),
            .element(
                "button", ["type": "button", "id": "pause", "class": "tool", "hidden": "hidden"], "Pause updates"),
            .element("noscript", [:], "Reload the page for news."))
    }

    private var nothing: HTML {
        let isEmpty = entries.isEmpty
        return .element(
            "p", Self.hidden(unless: isEmpty, "nothing", style: "empty"),
            "There is no study yet. Drop a chest CT (NIfTI) into the station's inbox.")
    }

    /// What is not there yet may come with the news.
    private static func hidden(unless isShown: Bool, _ id: String, style: String = "") -> KeyValuePairs<String, String>
    {
        isShown ? ["id": id, "class": style] : ["id": id, "class": style, "hidden": "hidden"]
    }

    // MARK: - What failed

    /// So many at the top, and the rest behind a click: one bad evening must not push the sick out of sight.
    private static let failuresShown = 3

    private func failures(_ failed: [WorklistEntry]) -> HTML {
        let newest = failed.prefix(Self.failuresShown)
        let older = failed.dropFirst(Self.failuresShown)
        let left = totals.failed - failed.count
        let rest = left > 0 ? " The oldest \(left) are not listed here: lungtriage list --state failed." : ""
        return .element(
            "section", Self.hidden(unless: !failed.isEmpty, "failed"),
            .element(
                "h2", [:], "Failed ",
                .element("span", ["id": "failed-count", "class": "count"], HTML("\(totals.failed)"))
            ),
            .element("ul", ["id": "failed-rows", "class": "failures"], newest.map(WorklistRows.failure)),
            .element(
                "details", Self.hidden(unless: !older.isEmpty, "older-failed"),
                .element(
                    "summary", [:],
                    .element("span", ["id": "older-failed-count"], HTML("\(older.count) more, older.\(rest)"))),
                .element("ul", ["id": "older-failed-rows", "class": "failures"], older.map(WorklistRows.failure))))
    }

    // MARK: - Studies

    private func studies(_ analysed: [WorklistEntry]) -> HTML {
        .element(
            "section", Self.hidden(unless: !analysed.isEmpty, "studies"),
            .element("h2", [:], "Studies"), tools(analysed), coverage(analysed.count),
            .element(
                "table", [:],
                .element("thead", [:], .element("tr", [:], WorklistRows.studyHeadings.map(\.html))),
                .element("tbody", ["id": "study-rows"], analysed.map(WorklistRows.study))))
    }

    private func tools(_ analysed: [WorklistEntry]) -> HTML {
        let counts = Dictionary(grouping: analysed, by: \.group).mapValues(\.count)
        let items = WorklistEntry.Group.analysed.map { group in
            HTML.element(
                "li", ["class": "level l-\(group.name)", "data-level": group.name],
                .element("b", [:], HTML("\(counts[group] ?? 0)")), HTML(" \(group.title)"))
        }
        return .element(
            "div", ["class": "tools"],
            .element("ul", ["id": "counts", "aria-label": "Studies by level"], items),
            .element(
                "p", ["class": "tool", "hidden": "hidden"],
                .element("label", ["for": "find"], "Find "),
                .element("input", ["id": "find", "type": "search", "placeholder": "name, STAT, doubtful …"]),
                " ", .element("span", ["id": "shown", "role": "status"]), " ",
                .element("button", ["id": "all", "type": "button", "hidden": "hidden"], "Show all")))
    }

    private func coverage(_ listed: Int) -> HTML {
        let left = totals.analysed - listed
        let text =
            left > 0
            ? "The newest \(listed) of \(totals.analysed), most severe first. Older ones are in their folders beside this page "
                + "(lungtriage list)."
            : "\(listed) \(listed == 1 ? "study" : "studies"), most severe first."
        return .element("p", ["id": "coverage", "class": "faint"], HTML(text))
    }
}
