import Imaging
import Pages
import Severity

/// `report.html` of one study: a page that needs nothing beside it and no script, reads in two seconds (how bad, how sure,
/// where) and prints on A4. The same input gives the same bytes.
public struct StudyReport: Sendable {
    /// A fact of how the result came about, as the caller knows it.
    public struct ProvenanceRow: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let study: String
    public let scores: SeverityScores
    public let montage: MontageFigure
    /// For the lungs' shape in the picture of the zones.
    public let lungs: LabelVolume
    public let provenance: [ProvenanceRow]
    /// What to run to get the same result; nil where there is none.
    public let command: String?

    public init(
        study: String, scores: SeverityScores, montage: MontageFigure, lungs: LabelVolume,
        provenance: [ProvenanceRow] = [], command: String? = nil
    ) {
        self.study = study
        self.scores = scores
        self.montage = montage
        self.lungs = lungs
        self.provenance = provenance
        self.command = command
    }

    public func html() -> String {
        let zonePicture = ZonePicture(lungs: lungs, scores: scores)
        let sections: [HTML?] = [
            keyFigures(zonePicture), remarks, pictures, zones(zonePicture), slices,
            .element("div", ["class": "pair"], tissues, agreement), origin,
        ]
        return HTML.page(
            title: title, style: PageStyle.common + Self.style,
            [
                // In print the footer is repeated on every page.
                .element(
                    "div", ["class": "sheet"],
                    .element(
                        "main", [:],
                        [Self.notice, .element("h1", [:], "Chest CT ", .element("bdi", [:], HTML(study)))]
                            + sections.compactMap(\.self)),
                    .element("footer", ["class": "every-page"], HTML(SeverityScores.researchUse)))
            ])
    }

    // MARK: - Parts

    static let notice = HTML.element(
        "p", ["class": "notice"],
        HTML("\(SeverityScores.researchUse) A radiologist's reading decides."))

    static func section(_ anchor: String, _ title: String, _ content: [HTML]) -> HTML {
        .element(
            "section", ["id": anchor, "aria-labelledby": "\(anchor)-title"],
            [.element("h2", ["id": "\(anchor)-title"], HTML(title))] + content)
    }

    static func paragraph(_ text: String, style: String = "text") -> HTML {
        // Numbers and their unit stay on one line.
        .element("p", ["class": style], HTML(text.replacing(" %", with: "\u{A0}%")))
    }

    private var title: String {
        let level =
            switch scores.triageLevel {
            case .value(let level): "\(level.title), \(scores.percentageOfOpacity.text(FigureText.percent)) opacity"
            case .notApplicable: "no triage level"
            }
        return "\(study): \(level) – Lungtriage"
    }
}
