import Imaging
import Pages
import Severity

/// The two lungs from the front, cut into their zones, each in its score's colour with the score written into it.
struct ZonePicture {
    private let silhouettes: [(side: LungSide, shape: LungSilhouette)]
    private let zones: [ZoneScores]

    /// Units of the drawing; lungs are scaled to fit.
    private static let width = 300.0
    private static let height = 250.0
    private static let top = 26.0
    /// No more corners than this along a lung's side within a zone.
    private static let cornersInZone = 40

    /// nil where there are no zones or no lungs.
    init?(lungs: LabelVolume, scores: SeverityScores) {
        guard scores.zones.contains(where: { $0.score.value != nil }) else { return nil }
        silhouettes = LungSide.allCases.compactMap { side in
            LungSilhouette(of: side, in: lungs).map { (side, $0) }
        }
        guard !silhouettes.isEmpty else { return nil }
        zones = scores.zones
    }

    /// In words, for who cannot see it.
    var alternative: String {
        let sides = LungSide.allCases.map { side in
            let scores = zones.filter { $0.side == side }.map { zone in
                "\(zone.third.rawValue) \(zone.score.text { "\($0)" })"
            }
            return "\(side == .right ? "Right" : "Left") lung: \(scores.joined(separator: ", "))"
        }
        return "The lungs from the front, cut into thirds. Zone scores of 0 to 4. \(sides.joined(separator: ". "))."
    }

    /// `withShares` writes the percentages of opacity below the scores.
    func html(withShares: Bool) -> HTML {
        let scale = self.scale
        let parts = silhouettes.flatMap { side, shape in
            [letter(side, shape, scale)]
                + ZoneScores.Third.allCases.enumerated().compactMap { index, third in
                    zones.first { $0.side == side && $0.third == third }.flatMap {
                        zone($0, Array(shape.rows(ofThird: index)), shape.rowHeight, scale, withShares: withShares)
                    }
                }
                + [outline(shape, scale)]
        }
        return .element(
            "svg",
            [
                "viewBox": "0 0 \(SVG.number(Self.width)) \(SVG.number(Self.height + Self.top))", "role": "img",
                "aria-label": alternative, "class": "zones",
            ], parts)
    }

    // MARK: - Drawing

    private struct Scale {
        let origin: (x: Double, y: Double)
        let factor: Double

        func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            ((x - origin.x) * factor, (y - origin.y) * factor + ZonePicture.top)
        }
    }

    private var scale: Scale {
        let rows = silhouettes.flatMap(\.shape.rows)
        let (left, right) = (rows.map(\.left).min() ?? 0, rows.map(\.right).max() ?? 1)
        let (upper, lower) = (rows.map(\.y).min() ?? 0, (rows.map(\.y).max() ?? 0) + silhouettes[0].shape.rowHeight)
        let factor = min(Self.width / max(right - left, 1e-6), Self.height / max(lower - upper, 1e-6))
        // Centred from left to right.
        let spare = (Self.width / factor - (right - left)) / 2
        return Scale(origin: (left - spare, upper), factor: factor)
    }

    private func letter(_ side: LungSide, _ shape: LungSilhouette, _ scale: Scale) -> HTML {
        let widest = shape.rows.max { $0.right - $0.left < $1.right - $1.left }
        let middle = widest.map { ($0.left + $0.right) / 2 } ?? 0
        return SVG.text(
            side == .right ? "R" : "L", x: scale.point(middle, 0).x, y: Self.top - 8, anchor: "middle", style: "side")
    }

    private func outline(_ shape: LungSilhouette, _ scale: Scale) -> HTML {
        return SVG.area(
            corners(shape.rows, shape.rowHeight, scale, most: 3 * Self.cornersInZone), style: "outline", fill: "none")
    }

    /// The corners of some rows' shape. Neighbouring zones meet in the line between their rows.
    private func corners(
        _ rows: [LungSilhouette.Row], _ height: Double, _ scale: Scale, most: Int
    ) -> [(x: Double, y: Double)] {
        guard let first = rows.first, let last = rows.last else { return [] }
        let step = max(rows.count / most, 1)
        let inner = rows.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        var points = [scale.point(first.left, first.y)]
        points += inner.map { scale.point($0.left, $0.y + height / 2) }
        points += [scale.point(last.left, last.y + height), scale.point(last.right, last.y + height)]
        points += inner.reversed().map { scale.point($0.right, $0.y + height / 2) }
        points.append(scale.point(first.right, first.y))
        return points
    }

    private func zone(
        _ zone: ZoneScores, _ rows: [LungSilhouette.Row], _ height: Double, _ scale: Scale, withShares: Bool
    ) -> HTML? {
        guard let first = rows.first, let last = rows.last else { return nil }
        let points = corners(rows, height, scale, most: Self.cornersInZone)
        let tone = zone.score.value.map(Palette.tone(zoneScore:))
        let middle = rows[rows.count / 2]
        let center = scale.point((middle.left + middle.right) / 2, (first.y + last.y + height) / 2)
        let ink = tone.map { $0.ink == "#ffffff" ? "on-dark" : "on-light" } ?? ""
        var parts = [SVG.area(points, style: "zone", fill: tone?.ground ?? "none")]
        parts.append(
            SVG.text(
                zone.score.text { "\($0)" }, x: center.x, y: center.y + (withShares ? 4 : 8), anchor: "middle",
                style: "score \(ink)"))
        if withShares {
            parts.append(
                SVG.text(
                    zone.percentageOfOpacity.text(FigureText.percent), x: center.x, y: center.y + 20, anchor: "middle",
                    style: "share \(ink)"))
        }
        return .element("g", [:], parts)
    }
}
