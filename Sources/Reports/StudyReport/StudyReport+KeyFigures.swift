import Pages
import Severity

extension StudyReport {
    /// How bad, how sure, where; then the figures.
    func keyFigures(_ zonePicture: ZonePicture?) -> HTML {
        Self.section(
            "result", "Result",
            [
                .element("div", ["class": "cards"], [howBad, howSure, whereItIs(zonePicture)]),
                .element("dl", ["class": "figures"], figures.filter(isWorthAPlace).map(figure)),
            ])
    }

    private func card(_ title: String, style: String = "", _ content: [HTML]) -> HTML {
        .element("div", ["class": "card \(style)"], [.element("h3", [:], HTML(title))] + content)
    }

    private var howBad: HTML {
        switch scores.triageLevel {
        case .value(let level):
            card(
                "How severe", style: "l-\(level.rawValue)",
                [
                    Self.paragraph(level.title, style: "huge"),
                    .element(
                        "p", [:],
                        .element("b", [:], HTML(scores.percentageOfOpacity.text(FigureText.percent))),
                        " of the lungs are opaque (PO)"),
                    Self.paragraph(scale),
                ])
        case .notApplicable(let reason):
            card(
                "How severe", style: "l-unknown",
                [Self.paragraph("No level", style: "huge"), Self.paragraph(reason.sentence)] + mostAffectedSlice)
        }
    }

    private var scale: String {
        let cutOffs = scores.cutOffs
        func text(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
        return "None below \(text(cutOffs.floor)) %, moderate from \(text(cutOffs.moderate)) %, severe from "
            + "\(text(cutOffs.severe)) %, critical from \(text(cutOffs.critical)) %"
    }

    private var mostAffectedSlice: [HTML] {
        let shares = scores.slices.all.compactMap { slice in
            slice.percentageOfOpacity.value.map { (slice.index, $0) }
        }
        guard scores.percentageOfOpacity.reason != .noLung, let most = shares.max(by: { $0.1 < $1.1 }) else {
            return []
        }
        return [
            Self.paragraph("Most affected: slice \(most.0 + 1), opacity in \(FigureText.percent(most.1)) of its lung")
        ]
    }

    private var howSure: HTML {
        let gravest = scores.gravestRemark
        let counts = QualityRemark.Weight.allCases.reversed().compactMap { weight -> String? in
            let count = scores.remarks.count { $0.weight == weight }
            return count == 0 ? nil : Self.count(count, weight)
        }
        let agreement =
            switch scores.agreement.dice {
            case .value(let dice): "Two models agree with a Dice of \(StudyReport.dice(dice))"
            case .notApplicable(.nothingFound): "Both models found nothing"
            case .notApplicable(let reason): reason.sentence
            }
        return card(
            "How sure",
            [
                Self.paragraph(QualityRemark.Weight.reliability(gravest), style: "huge"),
                Self.paragraph(counts.isEmpty ? "No remarks on quality" : counts.joined(separator: ", ")),
                Self.paragraph(agreement),
            ])
    }

    private static func count(_ count: Int, _ weight: QualityRemark.Weight) -> String {
        switch weight {
        case .doubtful: "\(count) \(count == 1 ? "reason" : "reasons") for doubt"
        case .warning: "\(count) \(count == 1 ? "warning" : "warnings")"
        case .note: "\(count) \(count == 1 ? "note" : "notes")"
        }
    }

    private func whereItIs(_ picture: ZonePicture?) -> HTML {
        card(
            "Where",
            picture.map { [$0.html(withShares: false)] }
                ?? [Self.paragraph("No zones"), Self.paragraph(scores.zoneScore.reason?.sentence ?? "")])
    }

    // MARK: - Figures

    private var figures: [(name: String, text: String, note: String?)] {
        let right = scores.lungs[0].percentageOfOpacity
        let left = scores.lungs[1].percentageOfOpacity
        return [
            ("Opacity, PO", scores.percentageOfOpacity.text(FigureText.percent), scores.percentageOfOpacity.note),
            (
                "Dense opacity, PHO", scores.percentageOfHighOpacity.text(FigureText.percent),
                scores.percentageOfHighOpacity.note
            ),
            (
                "PO right / left", Self.pair(right, left),
                right.note == left.note ? right.note : nil
            ),
            ("Zone score (0–24)", scores.zoneScore.text { "\($0)" }, scores.zoneScore.note),
            (
                "Lungs", scores.tissues.lung.volume.text(FigureText.millilitres),
                scores.tissues.lung.volume.note
            ),
            (
                "Opacity", scores.tissues.opacity.volume.text(FigureText.millilitres),
                scores.tissues.opacity.volume.note
            ),
            (
                "Affected slices",
                "\(scores.slices.affected) of \(scores.slices.withLung)", nil
            ),
        ]
    }

    /// What the level already gave as its reason is not said seven times.
    private func isWorthAPlace(_ figure: (name: String, text: String, note: String?)) -> Bool {
        guard let reason = scores.triageLevel.reason else { return true }
        return figure.note != reason.sentence
    }

    private func figure(_ figure: (name: String, text: String, note: String?)) -> HTML {
        .element(
            "div", [:],
            [.element("dt", [:], HTML(figure.name)), .element("dd", [:], HTML(figure.text))]
                + (figure.note.map { [.element("dd", ["class": "faint"], HTML($0))] } ?? []))
    }

    /// `39.6 / 41.1 %`.
    private static func pair(_ right: Score<Double>, _ left: Score<Double>) -> String {
        let (first, second) = (right.text(FigureText.percent), left.text(FigureText.percent))
        return (second.hasSuffix(" %") && first.hasSuffix(" %") ? String(first.dropLast(2)) : first) + " / " + second
    }

    static func dice(_ value: Double) -> String {
        // Two decimals without rounding up to a perfect 1.
        let hundredths = value < 1 ? min((value * 100).rounded(), 99) : 100
        let text = String(Int(hundredths))
        return hundredths == 100 ? "1.00" : "0." + (text.count < 2 ? "0" + text : text)
    }
}

extension Score {
    /// Why there is no value.
    var note: String? { reason?.sentence }
}
