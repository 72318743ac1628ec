import Imaging
import Pages
import Severity

extension StudyReport {
    var remarks: HTML {
        let sorted = scores.remarks.enumerated().sorted { a, b in
            a.element.weight != b.element.weight ? a.element.weight > b.element.weight : a.offset < b.offset
        }.map(\.element)
        guard !sorted.isEmpty else {
            return Self.section("quality", "Quality", [Self.paragraph("There is nothing to remark.")])
        }
        let items = sorted.map { remark in
            HTML.element(
                "li", [:],
                .element(
                    "span", ["class": "sign w-\(remark.weight.rawValue)", "aria-hidden": "true"],
                    HTML(remark.weight.sign)),
                .element(
                    "span", [:], .element("b", [:], HTML("\(remark.weight.title): ")), HTML("\(remark.sentence) "),
                    .element("span", ["class": "faint"], HTML(remark.consequence))))
        }
        return Self.section("quality", "Quality", [.element("ul", ["class": "remarks"], items)])
    }

    var pictures: HTML {
        Self.section(
            "slices", "Slices",
            [
                .element(
                    "figure", [:],
                    .element(
                        "div", ["class": "wide montage", "tabindex": "0", "role": "group", "aria-label": "Slices"],
                        .png(montage.png, alt: montage.alternative, width: montage.width, height: montage.height)),
                    .element("figcaption", [:], HTML(montage.caption)))
            ])
    }

    func zones(_ picture: ZonePicture?) -> HTML {
        let heading = "Zones"
        if let reason = scores.percentageOfOpacity.reason, picture == nil {
            return Self.section("zones", heading, [Self.paragraph("There are no zones. \(reason.sentence)")])
        }
        let table = DataTable(
            caption: "Each lung in thirds of its extent from head to feet, which stand for the carina and the inferior "
                + "pulmonary veins. Score 0 none, 1 below 25 %, 2 below 50 %, 3 below 75 %, 4 from 75 %.",
            headings: ["Zone", "Right score", "Right PO", "Left score", "Left PO"],
            rows: ZoneScores.Third.allCases.map { third in
                let cells = LungSide.allCases.flatMap { side in
                    let zone = scores.zones.first { $0.side == side && $0.third == third }
                    return [
                        zone?.score.text { "\($0)" } ?? FigureText.dash,
                        zone?.percentageOfOpacity.text(FigureText.percent) ?? FigureText.dash,
                    ]
                }
                return DataTable.Row(
                    heading: third.rawValue.prefix(1).uppercased() + third.rawValue.dropFirst(), cells: cells)
            } + [
                DataTable.Row(
                    heading: "Lung",
                    cells: scores.lungs.flatMap { lung in
                        [lung.zoneScore.text { "\($0) of 12" }, lung.percentageOfOpacity.text(FigureText.percent)]
                    }, isTotal: true)
            ])
        let missing = Set(scores.zones.compactMap(\.score.reason)).map(\.sentence).sorted()
        return Self.section(
            "zones", heading,
            [
                .element(
                    "div", ["class": "beside"],
                    [picture.map { .element("figure", ["class": "front"], [$0.html(withShares: true)]) }, table.html]
                        .compactMap(\.self))
            ] + missing.map { Self.paragraph("\(FigureText.dash) \($0)", style: "faint") })
    }

    /// Slice by slice, where there are no volumes to speak of.
    var slices: HTML? {
        guard let reason = scores.percentageOfOpacity.reason, reason == .singleSlice || reason == .unrelatedSlices
        else {
            return nil
        }
        let hasKinds = scores.slices.all.contains { $0.percentageOfGroundGlass.reason != .noMulticlassMap }
        let rows = scores.slices.all.map { slice in
            DataTable.Row(
                heading: "\(slice.index + 1)",
                cells: [
                    slice.lungArea.text(FigureText.squareCentimetres),
                    slice.percentageOfOpacity.text(FigureText.percent),
                    slice.percentageOfHighOpacity.text(FigureText.percent),
                ]
                    + (hasKinds
                        ? [
                            slice.percentageOfGroundGlass.text(FigureText.percent),
                            slice.percentageOfConsolidation.text(FigureText.percent),
                        ] : []))
        }
        return Self.section(
            "each", "Slice by slice",
            [
                DataTable(
                    caption: "Shares of each slice's lung area. A dash: does not apply.",
                    headings: ["Slice", "Lung area", "Opacity", "Dense opacity"]
                        + (hasKinds ? ["Ground glass", "Consolidation"] : []), rows: rows
                ).html
            ])
    }

    var tissues: HTML {
        let all: [(String, TissueScore)] = [
            ("Lungs", scores.tissues.lung), ("Opacity", scores.tissues.opacity),
            ("Ground glass", scores.tissues.groundGlass), ("Consolidation", scores.tissues.consolidation),
            ("Pleural effusion", scores.tissues.pleuralEffusion),
        ]
        let rows = all.map { name, tissue in
            DataTable.Row(
                heading: name,
                cells: [tissue.volume.text(FigureText.millilitres), tissue.mean.text(FigureText.hounsfield)])
        }
        var reasons: [String] = []
        for reason in all.flatMap({ [$0.1.volume.reason, $0.1.mean.reason] }).compactMap(\.self)
        where !reasons.contains(reason.sentence) { reasons.append(reason.sentence) }
        let note =
            reasons.isEmpty
            ? [] : [Self.paragraph("\(FigureText.dash) \(reasons.joined(separator: " "))", style: "faint")]
        return Self.section(
            "tissues", "Volumes and density",
            [
                DataTable(
                    caption: "Opacity is \(opacityMeaning). Effusion lies beside the lungs and is no opacity.",
                    headings: ["Tissue", "Volume", "Mean"], rows: rows
                ).html
            ] + note)
    }

    private var opacityMeaning: String {
        scores.tissues.groundGlass.volume.reason == .noMulticlassMap
            ? "what the binary model calls infected" : "ground glass and consolidation of the multi-class model"
    }

    var agreement: HTML {
        let content: [HTML]
        switch scores.agreement.dice {
        case .value(let dice):
            content = [
                Self.paragraph(
                    "The binary and the multi-class model label the same opacity with a Dice of \(Self.dice(dice)) (two "
                        + "radiologists reach 0.70 ± 0.10). PO is \(scores.percentageOfOpacity.text(FigureText.percent)) "
                        + "by the multi-class model and "
                        + "\(scores.agreement.percentageOfOpacityByBinary.text(FigureText.percent)) by the binary one.")
            ]
        case .notApplicable(.nothingFound): content = [Self.paragraph("Neither model found any opacity.")]
        case .notApplicable(let reason): content = [Self.paragraph(reason.sentence)]
        }
        return Self.section("agreement", "Agreement of the models", content)
    }

    var origin: HTML {
        let rows = provenance.map { DataTable.Row(heading: $0.name, cells: [$0.value]) }
        let table = DataTable(caption: "", headings: ["What", "Value"], rows: rows, isText: true)
        let repeating = command.map { command in
            [
                Self.paragraph("The same result again:"),
                HTML.element("pre", [:], .element("code", [:], HTML(command))),
            ]
        }
        return Self.section(
            "provenance", "Provenance",
            (rows.isEmpty ? [Self.paragraph("Nothing is recorded.")] : [table.html]) + (repeating ?? []))
    }
}
