import Pages
import Severity

/// The worklist's tables, line by line. `worklist.js` knows rows by their id and sorts by `data-value`, where a cell has one.
enum WorklistRows {
    struct Heading {
        let title: String
        /// What it is called in the address of a sorted page.
        let column: String
        var style = ""
        /// What an abbreviation means.
        var meaning: String?

        var html: HTML {
            .element(
                "th", ["scope": "col", "class": style, "data-column": column],
                meaning.map { .element("abbr", ["title": $0], HTML(title)) } ?? HTML(title))
        }
    }

    static let studyHeadings = [
        Heading(title: "Level", column: "level", style: "tag"), Heading(title: "Study", column: "study", style: "name"),
        Heading(title: "Received", column: "received", style: "when"),
        Heading(title: "PO", column: "po", style: "figure", meaning: "Percentage of opacity: share of the lungs"),
        Heading(
            title: "PHO", column: "pho", style: "figure minor",
            meaning: "Percentage of high opacity: share of the lungs that is dense"),
        Heading(title: "Zones", column: "zones", style: "figure minor", meaning: "Zone score, 0 to 24"),
        Heading(title: "Reliability", column: "reliability", style: "minor"),
    ]

    /// A study with results.
    static func study(_ entry: WorklistEntry) -> HTML {
        guard case .analysed(let summary, let report, let thumbnail) = entry.outcome else { return HTML([]) }
        let group = entry.group
        let link = HTML.element(
            "a", ["href": RelativeLink.to(report)], (thumbnail.map { [picture($0)] } ?? []) + [name(entry)])
        let reliability = QualityRemark.Weight.reliability(summary.gravestRemark)
        return .element(
            "tr", attributes(of: entry),
            [
                .element(
                    "td", ["class": "tag", "data-value": "\(group.rank)"],
                    .element("span", attributes(of: group, summary.triageLevel), HTML(group.title))),
                .element("th", ["scope": "row", "class": "name"], link),
                .element("td", ["class": "when", "data-value": "\(entry.received)"], received(entry)),
                cell(summary.percentageOfOpacity, FigureText.percent, { $0 }, style: "figure"),
                cell(summary.percentageOfHighOpacity, FigureText.percent, { $0 }, style: "figure minor"),
                cell(summary.zoneScore, { "\($0)" }, Double.init, style: "figure minor"),
                .element(
                    "td",
                    [
                        "class": "minor\(summary.gravestRemark == .doubtful ? " doubtful" : "")",
                        "data-value": "\(doubt(summary.gravestRemark))",
                    ], HTML(reliability)),
            ])
    }

    /// A study without: the reason, and what to do.
    static func failure(_ entry: WorklistEntry) -> HTML {
        guard case .failed(let code, let sentence) = entry.outcome else { return HTML([]) }
        return .element(
            "li", attributes(of: entry), .element("p", ["class": "name"], name(entry)),
            .element("p", ["class": "when"], received(entry)),
            .element(
                "div", ["class": "why"], .element("p", [:], HTML(sentence)),
                .element("p", ["class": "faint"], HTML(FailureAdvice.sentence(code, job: entry.job)))))
    }

    private static func attributes(of entry: WorklistEntry) -> KeyValuePairs<String, String> {
        ["id": "job-\(entry.job)", "data-level": entry.group.name]
    }

    // MARK: - Cells

    private static func attributes(
        of group: WorklistEntry.Group, _ level: Score<TriageLevel>
    ) -> KeyValuePairs<String, String> {
        let style = "level l-\(group.name)"
        guard case .notApplicable(let reason) = level else { return ["class": style] }
        return ["class": style, "title": reason.sentence]
    }

    private static func cell<Value>(
        _ score: Score<Value>, _ write: (Value) -> String, _ order: (Value) -> Double, style: String
    ) -> HTML {
        switch score {
        case .value(let value):
            .element("td", ["class": style, "data-value": "\(order(value))"], HTML(write(value)))
        case .notApplicable(let reason):
            .element("td", ["class": style, "data-value": "NaN", "title": reason.sentence], HTML(FigureText.dash))
        }
    }

    /// Most doubtful: most.
    private static func doubt(_ gravest: QualityRemark.Weight?) -> Int {
        switch gravest {
        case nil, .note?: 0
        case .warning?: 1
        case .doubtful?: 2
        }
    }

    /// The time, and room for its age, which the script writes: on a page that lies about, the time alone stays right.
    private static func received(_ entry: WorklistEntry) -> HTML {
        HTML([.element("span", ["class": "age"]), " ", time(entry.received)])
    }

    static func time(_ seconds: Double) -> HTML {
        .element(
            "time", ["datetime": ClockText.utc(seconds), "data-at": "\(seconds)"], HTML(ClockText.local(seconds)))
    }

    /// Names come from files: their writing direction must not reorder the row.
    private static func name(_ entry: WorklistEntry) -> HTML {
        let name = HTML.element("bdi", [:], HTML(entry.study))
        switch entry.urgency {
        case .routine: return name
        case .urgent: return HTML([name, " ", .element("span", ["class": "urgency"], "Urgent")])
        case .stat: return HTML([name, " ", .element("span", ["class": "urgency stat"], "STAT")])
        }
    }

    private static func picture(_ thumbnail: String) -> HTML {
        // In one link with the name: a text of its own would be read out before each name and say no more than the figures do.
        .element(
            "img",
            [
                "src": RelativeLink.to(thumbnail), "alt": "", "loading": "lazy", "decoding": "async",
                "class": "thumbnail",
            ])
    }
}
