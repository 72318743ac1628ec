import Foundation
import Imaging

/// The files of one experiment's run, beside those of `RunFolder`: `last.safetensors` (the model after the last epoch, which is
/// evaluated), `predictions.nii.gz` (its labels of the test slices on the data's grid) and `evaluation.json`, whose presence
/// says that the run is finished. `diverged.txt` tells why a run stopped that cannot go on.
struct StudyRunFolder: Sendable {
    let path: URL

    init(_ experiment: PaperExperiment, _ settings: StudySettings, output: URL) {
        path = Self.folder(of: output).appending(path: settings.folderName(of: experiment))
    }

    init(_ path: URL) { self.path = path }

    static func folder(of output: URL) -> URL { output.appending(path: "runs") }

    var lastFile: URL { path.appending(path: "last.safetensors") }
    var predictionsFile: URL { path.appending(path: "predictions.nii.gz") }
    var resultFile: URL { path.appending(path: "evaluation.json") }
    private var divergenceFile: URL { path.appending(path: "diverged.txt") }
    private var checkpointFile: URL { path.appending(path: "checkpoint.safetensors") }

    var isTrained: Bool { FileManager.default.fileExists(atPath: lastFile.path) }

    /// The result of a finished run; nil for any other. Throws `fileAccess` for a file that cannot be read.
    func result() throws(TrainingError) -> ExperimentResult? {
        guard FileManager.default.fileExists(atPath: resultFile.path) else { return nil }
        return try RunFolder.accessing(resultFile) {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(ExperimentResult.self, from: try Data(contentsOf: resultFile))
        }
    }

    func save(_ result: ExperimentResult) throws(TrainingError) {
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
