import Pages
import Severity

/// `outbox/index.html`: every study, most severe first; what failed or has no level stands below in parts of its own and is
/// counted at the top. Works from a `file:` URL: links are relative, thumbnails are files that load when they are scrolled to.
public struct Worklist: Sendable {
    public let entries: [WorklistEntry]
    /// When the list was made, as it is to be shown.
    public let updated: String

    public init(_ entries: [WorklistEntry], updated: String = "") {
        self.entries = entries
        self.updated = updated
    }

    /// All entries as the page lists them. The order does not depend on that of `entries`.
    public var sorted: [WorklistEntry] { groups.flatMap(\.entries) }

    public func html() -> String {
        let groups = self.groups
        let content =
            groups.isEmpty
            ? [HTML.element("p", ["class": "empty"], "There is no study yet.")]
            : [counts(groups)] + groups.map { section($0.group, $0.entries) }
        return HTML.page(
            title: "Worklist – Lungtriage", style: PageStyle.common + Self.style,
            [
                .element(
                    "main", [:],
                    [
                        .element("p", ["class": "notice"], HTML("\(SeverityScores.researchUse)")),
                        .element("h1", [:], "Worklist"),
                        .element("p", ["class": "faint"], HTML(subtitle)),
                    ] + content)
            ])
    }

    private var subtitle: String {
        let count = "\(entries.count) \(entries.count == 1 ? "study" : "studies"), most severe first"
        return updated.isEmpty ? count : "\(count). Updated \(updated)."
    }

    /// Those that have entries.
    private var groups: [(group: WorklistEntry.Group, entries: [WorklistEntry])] {
        let byGroup = Dictionary(grouping: entries, by: \.group)
        return WorklistEntry.Group.all.compactMap { group in
            byGroup[group].map { (group, $0.sorted(by: WorklistEntry.precedes)) }
        }
    }

    private func counts(_ groups: [(group: WorklistEntry.Group, entries: [WorklistEntry])]) -> HTML {
        let links = groups.map { group, entries in
            HTML.element(
                "li", [:],
                .element(
                    "a", ["href": "#\(group.anchor)", "class": "level \(group.style)"],
                    HTML("\(entries.count) \(group.title)")))
        }
        return .element("nav", ["aria-label": "Studies by level"], .element("ul", ["class": "counts"], links))
    }

    // MARK: - Rows

    private func section(_ group: WorklistEntry.Group, _ entries: [WorklistEntry]) -> HTML {
        let headings =
            group == .failed
            ? ["Study", "Received", "Why"] : ["Study", "Received", "PO", "PHO", "Zone score", "Reliability"]
        let styles = group == .failed ? ["", "when", "why"] : ["", "when", "", "minor", "", "minor"]
        let head = zip(headings, styles).map { HTML.element("th", ["scope": "col", "class": $1], HTML($0)) }
        return .element(
            "section", ["id": group.anchor],
            .element(
                "h2", [:], .element("span", ["class": "level \(group.style)"], HTML(group.title)),
                HTML(" \(entries.count)")),
            .element(
                "div", ["class": "wide"],
                .element(
                    "table", [:], .element("thead", [:], .element("tr", [:], head)),
                    .element("tbody", [:], entries.map(row)))))
    }

    private func row(_ entry: WorklistEntry) -> HTML {
        let received = HTML.element("td", ["class": "when"], HTML(entry.received))
        switch entry.outcome {
        case .failed(let code, let sentence):
            return .element(
                "tr", [:], .element("th", ["scope": "row"], Self.name(entry)), received,
                .element(
                    "td", ["class": "why"], HTML(sentence), " ", .element("code", ["class": "faint"], HTML(code))))
        case .analysed(let summary, let report, let thumbnail):
            let link = HTML.element(
                "a", ["href": Self.reference(report)], (thumbnail.map { [Self.picture($0)] } ?? []) + [Self.name(entry)]
            )
            return .element(
                "tr", [:], .element("th", ["scope": "row"], link), received,
                cell(summary.percentageOfOpacity, FigureText.percent),
                cell(summary.percentageOfHighOpacity, FigureText.percent, style: "minor"),
                cell(summary.zoneScore, { "\($0)" }),
                .element("td", ["class": "minor"], HTML(QualityRemark.Weight.reliability(summary.gravestRemark))))
        }
    }

    private func cell<Value>(_ score: Score<Value>, _ write: (Value) -> String, style: String = "") -> HTML {
        switch score {
        case .value(let value): .element("td", ["class": style], HTML(write(value)))
        case .notApplicable(let reason):
            .element("td", ["class": style, "title": reason.sentence], HTML(FigureText.dash))
        }
    }

    /// Names come from files: their writing direction must not reorder the row.
    private static func name(_ entry: WorklistEntry) -> HTML { .element("bdi", [:], HTML(entry.study)) }

    private static func picture(_ thumbnail: String) -> HTML {
        // The name beside it says what it is; the picture adds nothing for who cannot see it.
        .element("img", ["src": reference(thumbnail), "alt": "", "loading": "lazy", "class": "thumbnail"])
    }

    /// A link into the worklist's folder that can be nothing else: no scheme, no server, no query, no way up.
    static func reference(_ path: String) -> String {
        let names = path.split(separator: "/").filter { $0 != "." && $0 != ".." }.map { name in
            name.utf8.map { byte in
                isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
            }.joined()
        }
        return "./" + names.joined(separator: "/")
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
        default: false
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.count < 2 ? "0" + text : text
    }

    private static let style = """
        main { max-width: 66rem; margin: 0 auto; padding: .8rem 1rem 3rem; }
        .counts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
        .counts a { text-decoration: none; }
        section { margin: 1.6rem 0; }
        table { width: 100%; table-layout: fixed; }
        thead th { width: 10.5%; } thead th:first-child { width: 33%; } thead th.when { width: 18%; }
        thead th:last-child { width: 17%; }
        thead th.why { width: auto; text-align: left; }
        td, th { vertical-align: middle; }
        tbody tr { content-visibility: auto; contain-intrinsic-size: auto 4rem; }
        th[scope=row] { overflow-wrap: anywhere; }
        th[scope=row] a { display: flex; align-items: center; gap: .7rem; }
        .thumbnail { width: 5rem; height: 3.6rem; object-fit: cover; background: #000; border-radius: .25rem; flex: none; }
        td.when { white-space: nowrap; color: var(--faint); }
        td.why { text-align: left; }
        .empty { font-size: 1.2rem; }
        @media (max-width: 44rem) { .minor, .when { display: none; } .thumbnail { width: 4rem; height: 3rem; }
          thead th { width: auto; } thead th:first-child { width: 55%; } }
        @page { size: A4; margin: 12mm; }
        @media print { tr { break-inside: avoid; } h2 { break-after: avoid; } body { font-size: 10pt; } }

        """
}
