import Foundation
import Imaging
import NeuralNet
import Segmentation

/// A run's history as plots over the epochs: training loss, validation Dice of every class, learning rate.
public struct TrainingCurves: Sendable {
    public let history: [EpochRecord]
    /// One name per class, background first; classes without one are named by their number.
    public let classNames: [String]

    /// Width of the picture and height of one plot, in pixels.
    public var width = 760
    public var plotHeight = 300

    public init(_ history: [EpochRecord], classNames: [String] = []) {
        self.history = history
        self.classNames = classNames
    }

    /// The curves of a run's folder; classes are named after the task that its best model tells of. Throws `fileAccess`
    /// when the folder's `history.jsonl` is missing, unreadable or tells of no whole epoch.
    public init(ofRun folder: URL) throws(TrainingError) {
        let history = try RunFolder.history(in: folder)
        guard !history.isEmpty else {
            throw TrainingError(
                .fileAccess, subject: RunFolder.historyFile(in: folder).path,
                message: "The history is missing or tells of no whole epoch.")
        }
        // Names are an extra: a run without a model yet has curves too.
        let best = folder.appending(path: "best.safetensors")
        let task = (try? SafetensorsFile(path: best.path))?.metadata["task"]
        self.init(history, classNames: task.flatMap(SegmentationTask.init(rawValue:))?.classNames ?? [])
    }

    /// Dark on white, one plot below the other; without validation there is no plot of it. Throws `invalidArgument` for a
    /// size without room for axes.
    public func picture() throws(ImagingError) -> Picture {
        var tiles = [Montage.Tile(try plot("Training loss", [("", \.loss)]))]
        if let validation = try validationPlot() { tiles.append(Montage.Tile(validation)) }
        tiles.append(Montage.Tile(try plot("Learning rate", [("", \.learningRate)], range: 0...largestRate)))
        return try Montage(columns: 1, gap: 0, background: .white).picture(tiles)
    }

    /// Apart in normal vision and for the colour-blind (Okabe & Ito 2008); the background's grey first.
    private static let colors = [0x8C8C8C, 0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9].map { RGB(hex: $0) }

    private func validationPlot() throws(ImagingError) -> Picture? {
        let classes = history.compactMap { $0.validation?.dice.count }.max() ?? 0
        guard classes > 0 else { return nil }
        let curves = (0..<classes).map { label in
            (
                classNames.indices.contains(label) ? classNames[label] : "Class \(label)",
                { (record: EpochRecord) -> Double in
                    guard let dice = record.validation?.dice, dice.indices.contains(label) else { return .nan }
                    return dice[label] ?? .nan
                }
            )
        }
        return try plot(validationTitle, curves, range: 0...1)
    }

    private var validationTitle: String {
        let title = "Validation Dice, pooled over pixels"
        let scores = history.compactMap { record in record.validation?.score.map { (record.epoch, $0) } }
        // The first of equals is the one that was kept.
        guard let best = scores.max(by: { $0.1 < $1.1 || ($0.1 == $1.1 && $0.0 > $1.0) }) else { return title }
        return title + " · best \(String(format: "%.3f", best.1)) after epoch \(best.0)"
    }

    private var largestRate: Double {
        let largest = history.map(\.learningRate).filter(\.isFinite).max() ?? 0
        return largest > 0 ? largest * 1.05 : 1
    }

    private func plot(
        _ title: String, _ curves: [(name: String, value: (EpochRecord) -> Double)], range: ClosedRange<Double>? = nil
    ) throws(ImagingError) -> Picture {
        let series = curves.enumerated().map { index, curve in
            let color = curves.count > 1 ? index % Self.colors.count : 1
            return LinePlot.Series(
                name: curve.name, points: dashed(history.map { (Double($0.epoch), curve.value($0)) }),
                color: Self.colors[color])
        }
        // Of fewer than ten epochs the axis would be divided into parts of one.
        let last = Double(max(10, history.map(\.epoch).max() ?? 0))
        var plot = LinePlot(title: title, xLabel: "Epoch", series: series, xRange: 0...last, yRange: range)
        // Background's Dice runs along the top.
        plot.legendCorner = .bottomRight
        return try plot.picture(width: width, height: plotHeight)
    }

    /// A value without neighbours becomes a short dash, so that it can be seen.
    private func dashed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        points.enumerated().flatMap { index, point in
            let alone =
                (index == 0 || !points[index - 1].y.isFinite)
                && (index + 1 == points.count || !points[index + 1].y.isFinite)
            return alone ? [(point.x - 0.1, point.y), (point.x + 0.1, point.y)] : [point]
        }
    }
}
