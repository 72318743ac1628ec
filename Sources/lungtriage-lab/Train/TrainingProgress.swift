import Foundation
import Training

/// A run's progress for people: a line that redraws itself on a terminal, one line per epoch anywhere else.
struct TrainingProgress {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let redraws = StandardError.isTerminal
    private var epochs = 0
    private var batchesPerEpoch = 1
    private var batchesBefore = 0
    private var curvesComplaint: String?

    init() { start = clock.now }

    mutating func show(_ event: TrainingEvent) {
        switch event {
        case .started(let done, let epochs, let batches):
            self.epochs = epochs
            batchesPerEpoch = max(1, batches)
            batchesBefore = done * batchesPerEpoch
            if done > 0 { StandardError.write("Going on after epoch \(done) of \(epochs).\n") }
        case .batch(let epoch, let batch, let batches, let loss):
            guard redraws else { return }
            let done = (epoch - 1) * batchesPerEpoch + batch
            let text = String(
                format: "\repoch %d/%d  batch %d/%d  loss %.4f  %@ left", epoch, epochs, batch, batches, loss,
                timeLeft(after: done))
            StandardError.write(text + "\u{1b}[K")
        case .improved:
            break
        case .epoch(let record):
            StandardError.write((redraws ? "\r\u{1b}[K" : "") + line(record) + "\n")
        case .curvesNotDrawn(let error):
            // Once per reason: it will be the same after every epoch.
            guard curvesComplaint != "\(error)" else { return }
            curvesComplaint = "\(error)"
            StandardError.write("The training curves are not drawn: \(error)\n")
        }
    }

    private func line(_ record: EpochRecord) -> String {
        "\(Self.line(record, of: epochs))  \(timeLeft(after: record.epoch * batchesPerEpoch)) left"
    }

    /// An epoch's figures: `epoch 3/60  loss 0.4211  validation Dice 0.512  14 s`.
    static func line(_ record: EpochRecord, of epochs: Int) -> String {
        var text = String(format: "epoch %d/%d  loss %.4f", record.epoch, epochs, record.loss)
        if let validation = record.validation {
            let dice = validation.dice.dropFirst().map { $0.map { String(format: "%.3f", $0) } ?? "–" }
            text += "  validation Dice \(dice.joined(separator: " "))"
        }
        return text + String(format: "  %.0f s", record.seconds)
    }

    private func timeLeft(after batches: Int) -> String {
        let here = batches - batchesBefore
        guard here > 0 else { return "–" }
        let seconds = (clock.now - start) / .seconds(1)
        return duration(seconds / Double(here) * Double(epochs * batchesPerEpoch - batches))
    }
}

/// `45 s`, `12 min` or `3 h 20 min`.
func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    if whole < 100 { return "\(whole) s" }
    let minutes = (whole + 30) / 60
    return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
}
