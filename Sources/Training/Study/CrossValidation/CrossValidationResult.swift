import Foundation

/// The folds of a cross-validation that are finished, together.
public struct CrossValidationResult: Hashable, Sendable {
    public struct Patient: Hashable, Sendable {
        public let name: String
        /// Whose model saw the patient; counts from 1.
        public let fold: Int
        public let evaluation: Evaluation
    }

    public let task: SegmentationTask
    /// How many folds there are to be.
    public let folds: Int
    /// Folds that are not finished, counted from 1.
    public let missing: [Int]
    /// In the order of the folds.
    public let patients: [Patient]
    /// All patients' slices together.
    public let pooled: Evaluation

    /// Throws `runMismatch` when the results are not of one cross-validation, `malformedDataSet` when there are none, and for
    /// matrices that are none of the task `invalidArgument`, `shapeMismatch`.
    public init(_ results: [FoldResult]) throws(TrainingError) {
        let sorted = results.sorted { $0.fold < $1.fold }
        guard let first = sorted.first else {
            throw TrainingError(
                .malformedDataSet, subject: "cross-validation",
                message: "No fold is finished: there is nothing to tell.")
        }
        let names = sorted.flatMap(\.patients).map(\.name)
        guard (2...10_000).contains(first.folds), sorted.allSatisfy({ $0.setting == first.setting }),
            sorted.allSatisfy({ (1...first.folds).contains($0.fold) }),
            Set(sorted.map(\.fold)).count == sorted.count, Set(names).count == names.count
        else {
            throw TrainingError(
                .runMismatch, subject: "cross-validation",
                message: "The finished folds are of different recipes or predictions, or share patients \(names).")
        }
        task = first.task
        folds = first.folds
        missing = (1...first.folds).filter { fold in !sorted.contains { $0.fold == fold } }
        var patients: [Patient] = []
        var pooled = Evaluation(classes: first.task.classes)
        for result in sorted {
            for patient in result.patients {
                let evaluation = try patient.evaluation(of: result.task)
                for image in evaluation.images { try pooled.add(image) }
                patients.append(Patient(name: patient.name, fold: result.fold, evaluation: evaluation))
            }
        }
        self.patients = patients
        self.pooled = pooled
    }

    /// Of the folds in an output folder, whatever else lies there. Throws `fileAccess` for a result that cannot be read, and as
    /// above.
    public init(folder: URL) throws(TrainingError) {
        let names = try RunFolder.accessing(folder) {
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
        }
        var results: [FoldResult] = []
        for name in names.sorted() where name.hasPrefix(FoldRunFolder.prefix) {
            if let result = try FoldRunFolder(folder.appending(path: name)).result() { results.append(result) }
        }
        try self.init(results)
    }

    /// A score of the patients, each pooled over its own slices: a patient with few slices counts as much as one with many.
    public func perPatient(_ measure: ClassScores.Measure, of label: Int) -> Distribution {
        Distribution(patients.map { $0.evaluation.pooled(measure, of: label) })
    }
}

/// The folder of one fold.
typealias FoldRunFolder = EvaluatedRunFolder<FoldResult>

extension FoldRunFolder {
    static var prefix: String { "fold-" }

    /// `fold` counts from 1.
    init(fold: Int, output: URL) { self.init(output.appending(path: "\(Self.prefix)\(fold)")) }
}
