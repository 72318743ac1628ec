import Foundation
import Imaging
import NeuralNet

/// The files of a run that is evaluated as soon as it is trained, beside those of `RunFolder`: `last.safetensors` (the model
/// after the last epoch, which is evaluated), `predictions.nii.gz` (a study's labels of the test slices on the data's grid) and
/// `evaluation.json`, whose presence says that the run is finished. `diverged.txt` tells why a run stopped that cannot go on.
struct EvaluatedRunFolder<Result: Codable & Sendable>: Sendable {
    let path: URL

    init(_ path: URL) { self.path = path }

    var lastFile: URL { path.appending(path: "last.safetensors") }
    var predictionsFile: URL { path.appending(path: "predictions.nii.gz") }
    var resultFile: URL { path.appending(path: "evaluation.json") }
    private var divergenceFile: URL { path.appending(path: "diverged.txt") }
    private var checkpointFile: URL { path.appending(path: "checkpoint.safetensors") }

    /// The result of a finished run; nil for any other. Throws `fileAccess` for a file that cannot be read.
    func result() throws(TrainingError) -> Result? {
        guard FileManager.default.fileExists(atPath: resultFile.path) else { return nil }
        return try RunFolder.accessing(resultFile) {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(Result.self, from: try Data(contentsOf: resultFile))
        }
    }

    func save(_ result: Result) throws(TrainingError) {
        try RunFolder.accessing(resultFile) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            try (encoder.encode(result) + Data("\n".utf8)).write(to: resultFile, options: .atomic)
        }
    }

    func save(predictions: LabelVolume) throws(TrainingError) {
        try imaging(predictionsFile.path) { try NIfTIFile.write(predictions, to: predictionsFile.path) }
    }

    /// Why the run cannot go on; nil for one that can.
    func divergence() throws(TrainingError) -> String? {
        guard FileManager.default.fileExists(atPath: divergenceFile.path) else { return nil }
        return try RunFolder.accessing(divergenceFile) { try String(contentsOf: divergenceFile, encoding: .utf8) }
    }

    func save(divergence: String?) throws(TrainingError) {
        try RunFolder.accessing(divergenceFile) {
            if let divergence {
                try Data(divergence.utf8).write(to: divergenceFile, options: .atomic)
            } else if FileManager.default.fileExists(atPath: divergenceFile.path) {
                try FileManager.default.removeItem(at: divergenceFile)
            }
        }
    }

    /// A finished run needs no checkpoint, which is three times as large as its model.
    func removeCheckpoint() throws(TrainingError) {
        guard FileManager.default.fileExists(atPath: checkpointFile.path) else { return }
        try RunFolder.accessing(checkpointFile) { try FileManager.default.removeItem(at: checkpointFile) }
    }
}

/// The folder of one of the paper's experiments.
typealias StudyRunFolder = EvaluatedRunFolder<ExperimentResult>

extension StudyRunFolder {
    init(_ experiment: PaperExperiment, _ settings: StudySettings, output: URL) {
        self.init(Self.folder(of: output).appending(path: settings.folderName(of: experiment)))
    }

    static func folder(of output: URL) -> URL { output.appending(path: "runs") }
}

extension Trainer {
    /// Trains to the end and saves the model after the last epoch in `file`, whichever was best; nothing is left to do where the
    /// file is there. Throws what `run` throws.
    func saveLastModel(to file: URL, _ observe: (TrainingEvent) -> Void) throws(TrainingError) {
        guard !FileManager.default.fileExists(atPath: file.path) else { return }
        _ = try run(observe)
        guard let model = try lastModel() else {
            throw TrainingError(.fileAccess, subject: file.path, message: "The run's checkpoint has vanished.")
        }
        try engine { () throws(NeuralNetError) in try model.save(to: file.path) }
    }
}
