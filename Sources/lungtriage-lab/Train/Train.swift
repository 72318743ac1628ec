import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network; the same command goes on where an interrupted run stopped.")

    @OptionGroup var training: TrainingOptions
    @OptionGroup var data: DataOptions
    @Option(parsing: .upToNextOption, help: "Volumes that validate.") var validate: [String] = []
    @Option(parsing: .upToNextOption, help: "Volumes to leave out, to be tested on.") var leaveOut: [String] = []
    @OptionGroup var device: DeviceOptions
    @Option(help: "Folder of the run.") var output: String

    func run() throws {
        try ExitStatus.guarding { try train(on: try device.backend()) }
    }

    private func train<B: Backend>(on backend: B) throws {
        var selection = data.selection(training.task, training.preparation)
        selection.validationVolumes = validate
        selection.testVolumes = leaveOut
        let data = try data.sources(for: training.task, backend: backend).data(selection)
        guard !data.training.isEmpty else {
            throw ValidationError("There is nothing to train on: name data that fits the task.")
        }
        let trainer = try training.setup().trainer(data, folder: URL(filePath: output), backend: backend)
        StandardError.write("\(data.training.count) slices to train on, \(data.validation.count) to validate.\n")
        var progress = TrainingProgress()
        _ = try trainer.run { progress.show($0) }
        print("The best model: \(trainer.bestModel.path)")
    }
}
