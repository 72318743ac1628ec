import Foundation
import NeuralNet
import Training

/// A study's progress for people: which run of how many, its own progress, and the time left for the whole study, from what the
/// runs cost beside each other.
struct StudyProgress {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let redraws = StandardError.isTerminal
    private var costs: [PaperExperiment: Double] = [:]
    private let total: Int
    private var place = 0
    /// Of all that is still to be done, and of what was done since the start.
    private var costLeft = 0.0
    private var costDone = 0.0
    private var epochs = (done: 0, all: 1)

    init<B: Backend>(_ study: Study<B>, _ experiments: [PaperExperiment]) throws {
        start = clock.now
        total = experiments.count
        for experiment in experiments where try !study.isFinished(experiment) {
            costs[experiment] = try study.cost(of: experiment)
        }
        costLeft = costs.values.reduce(0, +)
    }

    mutating func show(_ event: StudyEvent) {
        switch event {
        case .alreadyFinished(let result):
            place += 1
            say("\(heading(result.experiment))  finished before")
        case .started(let experiment):
            place += 1
            say(heading(experiment))
        case .training(let experiment, let event):
            show(event, of: experiment)
        case .evaluating(let experiment):
            redraw("\(heading(experiment))  test slices")
        case .finished(let result):
            let accuracy = (try? result.evaluation().globalAccuracy.mean) ?? nil
            say("\(heading(result.experiment))  global accuracy \(accuracy.map { String(format: "%.4f", $0) } ?? "–")")
        case .diverged(let experiment, let error):
            costLeft -= shareLeft * (costs[experiment] ?? 0)
            say("\(heading(experiment))  \(error)")
        }
    }

    private mutating func show(_ event: TrainingEvent, of experiment: PaperExperiment) {
        let cost = costs[experiment] ?? 0
        switch event {
        case .started(let done, let all, _):
            epochs = (done, all)
            costLeft -= cost * Double(done) / Double(max(1, all))
            if done > 0 { say("\(heading(experiment))  going on after epoch \(done) of \(all)") }
        case .batch(let epoch, let batch, let batches, let loss):
            let share = cost / Double(max(1, epochs.all)) / Double(max(1, batches))
            costLeft -= share
            costDone += share
            redraw(
                "\(heading(experiment))  epoch \(epoch)/\(epochs.all)  batch \(batch)/\(batches)  loss "
                    + "\(String(format: "%.4f", loss))  \(timeLeft) left")
        case .improved:
            break
        case .epoch(let record):
            epochs.done = record.epoch
            say("\(heading(experiment))  \(TrainingProgress.line(record, of: epochs.all))  \(timeLeft) left in all")
        case .curvesNotDrawn(let error):
            say("\(heading(experiment))  The training curves are not drawn: \(error)")
        }
    }

    private var shareLeft: Double { Double(epochs.all - epochs.done) / Double(max(1, epochs.all)) }

    private func heading(_ experiment: PaperExperiment) -> String { "[\(place)/\(total)] \(experiment.name)" }

    private var timeLeft: String {
        guard costDone > 0 else { return "–" }
        return duration((clock.now - start) / .seconds(1) / costDone * max(0, costLeft))
    }

    private func say(_ line: String) { StandardError.write((redraws ? "\r\u{1b}[K" : "") + line + "\n") }

    private func redraw(_ line: String) {
        if redraws { StandardError.write("\r\(line)\u{1b}[K") }
    }
}
