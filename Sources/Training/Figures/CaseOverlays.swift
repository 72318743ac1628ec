import Foundation
import Imaging

/// A slice with its true labels and those that a model gave it.
public struct SegmentedSlice: Sendable {
    /// For example the volume and the slice's number.
    public let name: String
    public let ct: PlaneSlice<Int16>
    public let truth: PlaneSlice<UInt8>
    public let prediction: PlaneSlice<UInt8>
    /// Such as `ConfusionMatrix.meanDice`; nil where it is undefined.
    public let score: Double?

    public init(
        name: String, ct: PlaneSlice<Int16>, truth: PlaneSlice<UInt8>, prediction: PlaneSlice<UInt8>, score: Double?
    ) {
        self.name = name
        self.ct = ct
        self.truth = truth
        self.prediction = prediction
        self.score = score
    }
}

/// Slices with the truth and the prediction beside each other: one row per slice.
public struct CaseOverlays: Sendable {
    public var scheme: LabelScheme
    public var window = Window.lung
    /// Width of one of the three pictures of a row, in pixels.
    public var tileWidth = 340
    /// Height of capitals in pixels.
    public var textHeight = 10.0

    public init(scheme: LabelScheme) { self.scheme = scheme }

    /// The best, the median and the worst of `cases` by their scores; those without a score are counted below. Throws
    /// `invalidArgument` when no case has a score, `gridMismatch` when labels have another size than their slice.
    public func picture(of cases: [SegmentedSlice]) throws(ImagingError) -> Picture {
        let ranking = CaseRanking(cases.map(\.score))
        return try picture(
            of: ranking.places.map { ($0.place.rawValue, cases[$0.index]) }, scored: ranking.order.count,
            undefined: ranking.undefined)
    }

    /// Rows of the given cases with the given titles. `scored` and `undefined` say how many images they were chosen from.
    /// Throws as above.
    public func picture(
        of rows: [(title: String, slice: SegmentedSlice)], scored: Int, undefined: Int
    ) throws(ImagingError) -> Picture {
        guard !rows.isEmpty else {
            throw ImagingError(
                .invalidArgument, subject: "overlays",
                message: "None of the \(undefined) images has a score: none holds a class, and none was predicted.")
        }
        var tiles: [Montage.Tile] = []
        for (title, slice) in rows { tiles += try self.tiles(title, slice) }
        let body = try Montage(columns: 3, captionStyle: TextStyle(capHeight: textHeight)).picture(tiles)
        return try adding(legend(of: rows.map(\.slice)), note(scored, undefined), below: body)
    }

    private func tiles(_ title: String, _ slice: SegmentedSlice) throws(ImagingError) -> [Montage.Tile] {
        let scale = Double(slice.ct.width) * slice.ct.spacing.x / Double(tileWidth)
        let plain = try Picture(slice.ct, window: window, millimetresPerPixel: scale)
        func overlaid(_ labels: PlaneSlice<UInt8>) throws(ImagingError) -> Picture {
            guard (labels.width, labels.height) == (slice.ct.width, slice.ct.height) else {
                throw ImagingError(
                    .gridMismatch, subject: slice.name,
                    message: "The labels cover \(labels.width)×\(labels.height) pixels, the slice "
                        + "\(slice.ct.width)×\(slice.ct.height).")
            }
            // On the slice's own pixels: a label file's rounded spacing must not decide the picture's size.
            let onSlice = try slice.ct.replacing(labels.values)
            var picture = plain
            try picture.overlay(
                onSlice, scheme: scheme, style: .filled(opacity: Self.opacity), millimetresPerPixel: scale)
            return picture
        }
        let score = slice.score.map { "Dice \(String(format: "%.3f", $0))" } ?? "Dice undefined"
        return [
            Montage.Tile(plain, caption: "\(title): \(slice.name)"),
            Montage.Tile(try overlaid(slice.truth), caption: "Truth"),
            Montage.Tile(try overlaid(slice.prediction), caption: "Prediction, \(score)"),
        ]
    }

    private static let opacity = 0.3

    private func legend(of slices: [SegmentedSlice]) -> Legend {
        let present = slices.reduce(into: Set<UInt8>()) { $0.formUnion($1.truth.values + $1.prediction.values) }
        let known = scheme.labels.map(\.value)
        let others = present.subtracting(known).subtracting([0]).sorted()
        return Legend(
            (known.filter(present.contains) + others).map {
                let label = scheme.label(of: $0)
                return Legend.Entry(name: label.name, color: label.color, fillOpacity: Self.opacity)
            }, style: TextStyle(capHeight: textHeight))
    }

    private func note(_ scored: Int, _ undefined: Int) -> [String] {
        let images = "Of \(scored) images with a score, by their mean Dice of all classes but background"
        let leftOut = undefined > 0 ? "; \(undefined) without one left out" : ""
        return [images + leftOut, "\(window.description) · Research use, not a medical device"]
    }

    private func adding(
        _ legend: Legend, _ note: [String], below body: Picture
    ) throws(ImagingError) -> Picture {
        let leading = TextLine.leading(capHeight: textHeight)
        let margin = 8
        let foot = max(legend.height, note.count * leading) + 2 * margin
        var picture = try Picture(width: body.width, height: body.height + foot)
        picture.draw(body, x: 0, y: 0)
        legend.draw(on: &picture, x: margin, y: body.height + margin)
        for (line, text) in note.enumerated() {
            picture.draw(
                text, x: Double(body.width - margin), y: Double(body.height + margin + line * leading),
                style: TextStyle(capHeight: textHeight), horizontal: .right)
        }
        return picture
    }
}
