import Training

/// A cross-validation's progress for people: each fold as a run of its own.
struct CrossValidationProgress {
    private let folds: Int
    private var run = TrainingProgress()

    init(folds: Int) { self.folds = folds }

    mutating func show(_ event: CrossValidationEvent) {
        switch event {
        case .alreadyFinished(let result): say(result.fold, "finished before")
        case .started(let fold, let patients, let slices):
            run = TrainingProgress()
            say(fold, "\(slices) slices to train on, without \(patients.joined(separator: ", "))")
        case .training(_, let event): run.show(event)
        case .evaluating(let fold): say(fold, "evaluating")
        case .finished(let result): say(result.fold, "finished")
        }
    }

    private func say(_ fold: Int, _ text: String) { StandardError.write("[fold \(fold)/\(folds)] \(text)\n") }
}
