import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

extension TrainingRecipe.Schedule: ExpressibleByArgument {}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network; the same command goes on where an interrupted run stopped.")

    @Option(help: "What to tell apart: binary, multiclass or lungs.") var task: SegmentationTask
    @Option(help: "Architecture: unet or segnet.") var network: ArchitectureDescription.Kind
    @Option(help: "Filters of the first level.") var baseFilters = 64
    @Option(help: "Levels. Default: 4 for unet, 3 for segnet.") var depth: Int?
    @OptionGroup var data: DataOptions
    @OptionGroup var device: DeviceOptions
    @Option(help: "Folder of the run.") var output: String
    @Option(help: "What each slice is cut to: wholeSlice, chest or lungs.") var crop = SliceCrop.chest
    @Option(help: "Height and width that the network sees.") var size = 256
    @Option(help: "Passes over the training slices.") var epochs = 60
    @Option(help: "Slices per step.") var batch = 4
    @Option(help: "Initial learning rate, or the largest of oneCycle.") var learningRate = 1e-3
    @Option(help: "Learning rate over the run: constant, cosine or oneCycle.")
    var schedule = TrainingRecipe.Schedule.constant
    @Option(help: "Weight of the soft Dice loss beside cross-entropy.") var diceWeight: Float = 0
    @Option(help: "L2 regularisation of the convolutions' weights.") var l2: Float = 0
    @Flag(help: "Ones instead of median-frequency class weights.") var unweighted = false
    @Flag(help: "Change slices at random: flip, rotate, scale, shift, window, gamma, noise, blur.") var augment = false
    @Option(help: "Share of slices, where lungs are known, that get a synthetic pleural effusion (class 3).")
    var effusions = 0.0
    @Option(help: "Model file whose weights the run starts with, where names and shapes agree.") var from: String?
    @Option(help: "Of weights, order and augmentation.") var seed: UInt64 = 0

    func run() throws {
        try ExitStatus.guarding {
            let preparation = InputPreparation(crop: crop, height: size, width: size)
            let backend = try device.backend()
            let data = try data.load(task: task, preparation: preparation, backend: backend)
            let start = try from.map { try SegmentationModel.load($0) }
            let recipe = try recipe(for: data, start: start)
            var augmentation = augment ? Augmentation.standard : .none
            augmentation.effusion = effusions
            let training = try AugmentedSlices(
                data.training, height: size, width: size, augmentation: augmentation, seed: seed)
            // The same effusions in every epoch: validation always asks for epoch 0.
            let validation =
                try data.validation.isEmpty
                ? nil
                : AugmentedSlices(
                    data.validation, height: size, width: size, augmentation: Augmentation(effusion: effusions),
                    seed: seed)
            let drawn = effusions > 0 ? ", effusions \(effusions)" : ""
            let trainer = try Trainer(
                recipe: recipe, training: training, validation: validation,
                data: "\(data.fingerprint), \(augment ? "augmented" : "plain")\(drawn)",
                folder: URL(filePath: output),
                metadata: preparation.metadata.merging(["task": task.rawValue]) { $1 }, startingModel: start,
                backend: backend)
            StandardError.write("\(data.training.count) slices to train on, \(data.validation.count) to validate.\n")
            var progress = TrainingProgress()
            _ = try trainer.run { progress.show($0) }
            print("The best model: \(trainer.bestModel.path)")
        }
    }

    private func recipe(for data: TrainingData, start: SegmentationModel?) throws -> TrainingRecipe {
        let architecture =
            switch network {
            case .unet:
                ArchitectureDescription(
                    UNet(inputChannels: 1, classes: task.classes, depth: depth ?? 4, baseFilters: baseFilters))
            case .segnet:
                ArchitectureDescription(
                    SegNet(inputChannels: 1, classes: task.classes, depth: depth ?? 3, baseFilters: baseFilters))
            }
        return TrainingRecipe(
            architecture: architecture, epochs: epochs, batchSize: batch, learningRate: learningRate,
            schedule: schedule, classWeights: unweighted ? nil : try data.frequencies().medianFrequencyWeights,
            diceWeight: diceWeight, ignoredLabel: SegmentationTask.ignoredLabel, l2: l2, seed: seed,
            startingModel: try start.map {
                try "\(URL(filePath: from ?? "").lastPathComponent), \($0.parameters.fingerprint())"
            })
    }
}
