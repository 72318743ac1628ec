import Imaging
import Severity

/// The slices that show most of the disease, each as it is and with the findings laid over it.
public struct StudyMontage: Sendable {
    public let ct: CTVolume
    /// 0, 1 right, 2 left.
    public let lungs: LabelVolume
    public let lesions: LesionMaps
    public let scores: SeverityScores
    /// How many slices are shown where there are as many.
    public var count = 4
    /// Pixels across one slice; two stand side by side.
    public var panelWidth = 360
    /// Height of capitals in pixels.
    public var textHeight = 13.0

    public init(ct: CTVolume, lungs: LabelVolume, lesions: LesionMaps, scores: SeverityScores) {
        self.ct = ct
        self.lungs = lungs
        self.lesions = lesions
        self.scores = scores
    }

    /// The picture for `montage.png` and the report, with its words. Throws `gridMismatch` for maps that do not lie on the
    /// CT's grid, `invalidArgument` for sizes that no picture can have, `tooLarge` where memory for the PNG is lacking.
    public func figure() throws(ImagingError) -> MontageFigure {
        let selection = selection(count: count)
        let picture = try picture(selection)
        return MontageFigure(
            png: try PNG.encode(picture), width: picture.width, height: picture.height,
            caption: caption(selection), alternative: alternative(selection), slices: selection.slices)
    }

    /// The most affected slice alone with its overlay, for the worklist. Throws as `figure()`.
    public func thumbnail(width: Int = 160) throws(ImagingError) -> Picture {
        let most = selection(count: 1).slices.first ?? 0
        let cutout = SliceCutout(around: lungs, slices: [most])
        let scale = cutout.width(ct.grid) / Double(max(width, 1))
        return try panel(layers(most, cutout), scale, []).picture(of: try cutout.cut(ct, slice: most))
    }

    // MARK: - Choosing

    private var isVolume: Bool { scores.facts.slices == .volume }

    private func selection(count: Int) -> SliceSelection {
        SliceSelection(scores, count: max(count, 1), spacing: ct.grid.spacing.k)
    }

    /// In words: which slices, and why.
    private func basis(_ selection: SliceSelection) -> String {
        let rest = selection.slices.count - selection.affected
        if selection.affected == 0 { return "No opacity found: slices at even distances" }
        let order = isVolume ? "from head to feet" : "in the file's order"
        return rest == 0 ? "Most affected slices, \(order)" : "Affected slices and \(rest) at even distances, \(order)"
    }

    private func caption(_ selection: SliceSelection) -> String {
        "\(basis(selection)). Each as scanned, and with the findings; \(windowText). The patient's right is on the left."
    }

    private func alternative(_ selection: SliceSelection) -> String {
        let slices = selection.slices.map { "slice \($0 + 1)\(shareText($0).map { ", \($0)" } ?? "")" }
        return "Axial CT slices, each as scanned and with lung outline and findings: \(slices.joined(separator: "; "))."
    }

    /// Such as `opacity 23 % of its lung`.
    private func shareText(_ slice: Int) -> String? {
        let own = scores.slices.all[slice]
        var parts: [String] = []
        if let share = own.percentageOfOpacity.value, share > 0 {
            parts.append("opacity \(FigureText.percent(share)) of its lung")
        }
        if own.effusionVoxels > 0 { parts.append("effusion") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    // MARK: - Drawing

    /// The lung window; where values are no HU, one that spans most of them.
    private var window: Window {
        guard !scores.facts.isHounsfield else { return .lung }
        let histogram = HUHistogram(ct.voxels)
        guard let low = histogram.percentile(1), let high = histogram.percentile(99.5),
            let window = try? Window(center: (low + high) / 2, width: max(high - low, 1))
        else { return .lung }
        return window
    }

    private var windowText: String {
        let window = window
        if scores.facts.isHounsfield { return "lung window, \(window.description)" }
        let (low, high) = (window.center - window.width / 2, window.center + window.width / 2)
        return "greys from \(Int(low.rounded())) to \(Int(high.rounded())), which are no HU"
    }

    private var scheme: LabelScheme { lesions.multiclass == nil ? .infection : .findings }

    /// Both lungs in the one colour that stands out from greys: letters say which side is which.
    private static let lungScheme = LabelScheme(
        LabelScheme.lungs.labels.map { label in
            LabelScheme.Label(value: label.value, name: label.name, color: LabelScheme.lungField.label(of: 1).color)
        })

    private func layers(_ slice: Int, _ cutout: SliceCutout) throws(ImagingError) -> [LabelLayer] {
        [
            LabelLayer(try cutout.cut(lungs, slice: slice), scheme: Self.lungScheme, style: .outlined),
            LabelLayer(try cutout.cut(lesions.leading, slice: slice), scheme: scheme),
        ]
    }

    private func panel(
        _ layers: [LabelLayer], _ scale: Double, _ annotations: SlicePanel.Annotations
    ) -> SlicePanel {
        SlicePanel(
            .axial, at: 0, window: window, layers: layers, millimetresPerPixel: scale, annotations: annotations,
            textHeight: textHeight)
    }

    private func picture(_ selection: SliceSelection) throws(ImagingError) -> Picture {
        // One frame and one scale for a patient; unrelated slices each have their own.
        let common = SliceCutout(around: lungs, slices: selection.slices)
        var tiles: [Montage.Tile] = []
        for slice in selection.slices {
            let cutout = isVolume ? common : SliceCutout(around: lungs, slices: [slice])
            let share = shareText(slice).map { " · \($0)" } ?? ""
            tiles.append(
                Montage.Tile(try pair(slice, cutout), caption: "Slice \(slice + 1)/\(ct.grid.size.k)\(share)"))
        }
        let montage = Montage(
            columns: 2, gap: 8, background: RGB(gray: 24), captionStyle: TextStyle(capHeight: textHeight))
        return try framed(try montage.picture(tiles), selection)
    }

    /// As scanned, and beside it with the findings.
    private func pair(_ slice: Int, _ cutout: SliceCutout) throws(ImagingError) -> Picture {
        let scale = cutout.width(ct.grid) / Double(max(panelWidth, 1))
        let own = try cutout.cut(ct, slice: slice)
        let marks: SlicePanel.Annotations = scores.facts.isSpacingKnown ? [.orientation, .scaleBar] : [.orientation]
        let plain = try panel([], scale, marks).picture(of: own)
        let overlaid = try panel(try layers(slice, cutout), scale, [.orientation]).picture(of: own)
        var pair = try Picture(width: plain.width * 2 + 2, height: plain.height)
        pair.draw(plain, x: 0, y: 0)
        pair.draw(overlaid, x: plain.width + 2, y: 0)
        return pair
    }

    /// Adds what the reader must know above: which slices, the window, the colours.
    private func framed(_ content: Picture, _ selection: SliceSelection) throws(ImagingError) -> Picture {
        let style = TextStyle(capHeight: textHeight)
        let leading = TextLine.leading(capHeight: textHeight)
        let left = Legend(legendEntries.lungs, style: style)
        let right = Legend(legendEntries.findings, style: style)
        let lines = [
            basis(selection),
            windowText.prefix(1).uppercased() + windowText.dropFirst(), SeverityScores.researchUse,
        ]
        let margin = 12
        let header = margin + max(lines.count * leading, left.height, right.height)
        let textWidth = lines.map { Int(TextLine($0, capHeight: textHeight).width.rounded(.up)) }.max() ?? 0
        let width = max(content.width, textWidth + left.width + right.width + 5 * margin)
        var picture = try Picture(width: width, height: header + content.height, color: RGB(gray: 24))
        for (row, line) in lines.enumerated() {
            picture.draw(line, x: Double(margin), y: Double(margin + row * leading), style: style)
        }
        right.draw(on: &picture, x: width - margin - right.width, y: margin - 2)
        left.draw(on: &picture, x: width - 3 * margin - right.width - left.width, y: margin - 2)
        picture.draw(content, x: (width - content.width) / 2, y: header)
        return picture
    }

    private var legendEntries: (lungs: [Legend.Entry], findings: [Legend.Entry]) {
        let volumes = scores.tissues
        func text(_ name: String, _ volume: Score<Double>) -> String {
            volume.value.map { "\(name) · \($0 > 0 ? FigureText.millilitres($0) : "none")" } ?? name
        }
        let findings = scheme.labels.map { label in
            let volume =
                switch (lesions.multiclass == nil, label.value) {
                case (true, _): volumes.opacity.volume
                case (false, 1): volumes.groundGlass.volume
                case (false, 2): volumes.consolidation.volume
                default: volumes.pleuralEffusion.volume
                }
            return Legend.Entry(name: text(label.name, volume), color: label.color, fillOpacity: 0.35)
        }
        let lungs = LabelScheme.lungField.labels.map { Legend.Entry(name: $0.name, color: $0.color, fillOpacity: 0) }
        return (lungs, findings)
    }
}

/// A montage ready to be stored and shown.
public struct MontageFigure: Hashable, Sendable {
    /// For `montage.png`.
    public let png: [UInt8]
    public let width: Int
    public let height: Int
    /// What is shown, for below the picture.
    public let caption: String
    /// For who cannot see it.
    public let alternative: String
    /// The slices shown, from 0.
    public let slices: [Int]
}
