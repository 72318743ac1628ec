import Foundation
import Imaging
import Pages
import Segmentation

/// The best, median and worst test images of a run by the Dice of infected pixels, whatever their kind: what the true labels and
/// the predicted ones look like on the slice.
struct OverlayFigure {
    let result: ExperimentResult
    let predictions: LabelVolume
    let data: StudyData

    /// Pixels of a picture's side.
    private static let side = 380.0
    private static let truth = LabelScheme([.init(value: 1, name: "True", color: RGB(hex: 0x42FF9E))])
    private static let guess = LabelScheme([.init(value: 1, name: "Predicted", color: RGB(hex: 0xEE4A00))])

    private struct Case {
        let rank: String
        let slice: Int
        let dice: Double
    }

    /// Images without a Dice are left out.
    private var cases: [Case] {
        let scores = result.images.map(ExperimentResult.infectedDice)
        return CaseRanking(scores).places.compactMap { place, index in
            scores[index].map { Case(rank: place.rawValue, slice: result.images[index].slice, dice: $0) }
        }
    }

    /// Throws `imaging` for predictions that are not of the data's slices.
    func html() throws(TrainingError) -> HTML {
        var tiles: [HTML] = []
        let pictures = try cases.map { item throws(TrainingError) in
            try imaging("slice \(item.slice)") { try self.pictures(of: item.slice) }
        }
        for row in 0..<2 {
            for (item, pair) in zip(cases, pictures) {
                let caption =
                    row == 0
                    ? "\(item.rank): slice \(item.slice), Dice \(ReportNumber.text(item.dice)), \(first)" : second
                tiles.append(
                    .element(
                        "figure", [:],
                        try ReportPicture.image(pair[row], description: "\(result.experiment.name), \(caption)"),
                        .element("figcaption", [:], HTML(caption))))
            }
        }
        return HTML([legend, .element("div", ["class": "grid3"], tiles)])
    }

    private var isBinary: Bool { result.experiment.task == .binary }
    private var first: String { isBinary ? "CT" : "true labels" }
    private var second: String { isBinary ? "true and predicted contours" : "predicted labels" }

    private func pictures(of k: Int) throws -> [Picture] {
        let slice = try data.volume.ct.slice(.axial, at: k)
        let crop = slice.contentSquare
        let scale = Self.side / Double(crop.i.count)
        let millimetres = slice.spacing.x / scale
        let ct = try Picture(slice, window: .lung, millimetresPerPixel: millimetres)
        let truth = try data.volume.labels.slice(.axial, at: k)
        let guess = try predictions.slice(.axial, at: k)
        var pictures = [ct, ct]
        if isBinary {
            let layers = [(truth, Self.truth), (guess, Self.guess)]
            for (labels, scheme) in layers {
                try pictures[1].overlay(
                    labels.replacing(labels.values.map { min($0, 1) }), scheme: scheme, style: .outlined,
                    millimetresPerPixel: millimetres)
            }
        } else {
            for (place, labels) in [truth, guess].enumerated() {
                try pictures[place].overlay(
                    labels, scheme: .findings, style: .filled(opacity: 0.3), millimetresPerPixel: millimetres)
            }
        }
        return try pictures.map { try $0.cropped(to: crop, pixelsPerVoxel: scale) }
    }

    private var legend: HTML {
        let labels = isBinary ? Self.truth.labels + Self.guess.labels : LabelScheme.findings.labels
        let entries = labels.map { label in
            HTML([
                .element("span", ["class": "swatch", "style": "background:\(label.color.hex)"]), HTML(label.name),
            ])
        }
        return .element("p", ["class": "faint"], entries)
    }
}

/// Pictures inside the page.
enum ReportPicture {
    /// Throws `imaging` for a picture that cannot be compressed.
    static func image(_ picture: Picture, description: String) throws(TrainingError) -> HTML {
        image(png: Data(try imaging(description) { try PNG.encode(picture) }), description: description)
    }

    static func image(png: Data, description: String) -> HTML {
        .element("img", ["src": "data:image/png;base64,\(png.base64EncodedString())", "alt": description])
    }
}

extension RGB {
    /// `#rrggbb`.
    fileprivate var hex: String { String(format: "#%02x%02x%02x", red, green, blue) }
}
