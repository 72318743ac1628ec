import Foundation
import NeuralNet
import Segmentation

/// A run's files: `recipe.json`, `history.jsonl` (a line per epoch), `checkpoint.safetensors` (where to go on),
/// `best.safetensors` (the best model by validation), `events.out.tfevents.lungtriage` for TensorBoard, and `curves.png`.
///
/// An epoch counts once its checkpoint is in place, which a rename decides; whatever else a killed run left is rewritten.
struct RunFolder: Sendable {
    let path: URL

    var recipeFile: URL { path.appending(path: "recipe.json") }
    var historyFile: URL { Self.historyFile(in: path) }
    var curvesFile: URL { path.appending(path: "curves.png") }
    var checkpointFile: URL { path.appending(path: "checkpoint.safetensors") }
    var eventFile: URL { path.appending(path: "events.out.tfevents.lungtriage") }
    var bestFile: URL { path.appending(path: "best.safetensors") }

    /// Opens a folder, making it if needed. Throws `runMismatch` when it holds a run of another recipe or other data.
    init(_ path: URL, identity: RunIdentity) throws(TrainingError) {
        self.path = path
        let file = path.appending(path: "recipe.json")
        let bytes = try Self.accessing(path) {
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
            return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let bytes else {
            try Self.accessing(file) { try encoder.encode(identity).write(to: file, options: .atomic) }
            return
        }
        guard (try? JSONDecoder().decode(RunIdentity.self, from: bytes)) == identity else {
            throw TrainingError(
                .runMismatch, subject: path.path,
                message: "The folder holds a run of another recipe or other data; choose another folder or remove it.")
        }
    }

    static func historyFile(in folder: URL) -> URL { folder.appending(path: "history.jsonl") }

    /// The epochs that the history tells of, in order.
    func history() throws(TrainingError) -> [EpochRecord] { try Self.history(in: path) }

    /// The same of any run's folder; empty where there is no history yet.
    static func history(in folder: URL) throws(TrainingError) -> [EpochRecord] {
        let file = historyFile(in: folder)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let data = try accessing(file) { try Data(contentsOf: file) }
        // A killed run may have left half a line at the end; its epoch's checkpoint does not exist.
        return data.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? JSONDecoder().decode(EpochRecord.self, from: $0) }
    }

    func write(history: [EpochRecord]) throws(TrainingError) {
        try Self.accessing(historyFile) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let lines = try history.map { try encoder.encode($0) + Data("\n".utf8) }
            try Data(lines.joined()).write(to: historyFile, options: .atomic)
        }
        try Self.accessing(eventFile) { try events(of: history).write(to: eventFile, options: .atomic) }
    }

    /// The history as TensorBoard reads it. Its times are the epochs' lengths added up, so that the same run gives the
    /// same order, resumed or not.
    private func events(of history: [EpochRecord]) -> Data {
        var file = TensorBoardFile(wallTime: 0)
        var time = 0.0
        for record in history {
            time += record.seconds
            var scalars = [
                ("train/loss", Float(record.loss)), ("train/gradient norm", Float(record.gradientNorm)),
                ("train/learning rate", Float(record.learningRate)),
            ]
            if let validation = record.validation {
                for (label, dice) in validation.dice.enumerated() {
                    if let dice { scalars.append(("validation/Dice, class \(label)", Float(dice))) }
                }
                if let accuracy = validation.globalAccuracy {
                    scalars.append(("validation/global accuracy", Float(accuracy)))
                }
            }
            file.add(scalars, step: record.epoch, wallTime: time)
        }
        return file.bytes
    }

    /// The epoch and state to go on from; nil for a run that has not finished an epoch.
    func checkpoint(of network: Network) throws(TrainingError) -> (epoch: Int, state: TrainingState)? {
        guard FileManager.default.fileExists(atPath: checkpointFile.path) else { return nil }
        do {
            let metadata = try SafetensorsFile(path: checkpointFile.path).metadata
            guard let epoch = metadata["epoch"].flatMap({ Int($0) }) else {
                throw TrainingError(
                    .runMismatch, subject: checkpointFile.path, message: "The checkpoint does not say its epoch.")
            }
            return (epoch, try TrainingState(path: checkpointFile.path, network: network))
        } catch let error as TrainingError {
            throw error
        } catch {
            throw TrainingError(
                .fileAccess, subject: checkpointFile.path, message: "The checkpoint cannot be used.",
                cause: String(describing: error))
        }
    }

    static func accessing<Result>(_ file: URL, _ body: () throws -> Result) throws(TrainingError) -> Result {
        do {
            return try body()
        } catch {
            throw TrainingError(
                .fileAccess, subject: file.path, message: "The file cannot be read or written.",
                cause: error.localizedDescription)
        }
    }
}

/// What makes two runs the same run.
struct RunIdentity: Hashable, Codable {
    let recipe: TrainingRecipe
    /// Names the training and validation data, for example their files' hashes.
    let data: String
}
