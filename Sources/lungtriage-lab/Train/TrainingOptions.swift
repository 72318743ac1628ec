import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

extension TrainingRecipe.Schedule: ExpressibleByArgument {}

/// What is trained and how, whatever the slices.
struct TrainingOptions: ParsableArguments {
    @Option(help: "What to tell apart: binary, multiclass or lungs.") var task: SegmentationTask
    @Option(help: "Architecture: unet or segnet.") var network: ArchitectureDescription.Kind
    @Option(help: "Filters of the first level.") var baseFilters = 64
    @Option(help: "Levels. Default: 4 for unet, 3 for segnet.") var depth: Int?
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
    @Option(help: "How many times as far --augment goes as usual.") var strength = 1.0
    @Option(help: "Share of slices, where lungs are known, that get a synthetic pleural effusion (class 3).")
    var effusions = 0.0
    @Option(help: "Model file whose weights the run starts with, where names and shapes agree.") var from: String?
    @Option(help: "Of weights, order and augmentation.") var seed: UInt64 = 0

    var preparation: InputPreparation { InputPreparation(crop: crop, height: size, width: size) }

    /// Throws what reading the starting model throws.
    func setup() throws -> TrainingSetup {
        var augmentation = augment ? Augmentation.standard.scaled(by: strength) : .none
        augmentation.effusion = effusions
        let recipe = TrainingRecipe(
            architecture: architecture, epochs: epochs, batchSize: batch, learningRate: learningRate,
            schedule: schedule, diceWeight: diceWeight, ignoredLabel: SegmentationTask.ignoredLabel, l2: l2, seed: seed)
        return TrainingSetup(
            task: task, preparation: preparation, recipe: recipe, weighsClasses: !unweighted,
            augmentation: augmentation,
            start: try from.map { (URL(filePath: $0).lastPathComponent, try SegmentationModel.load($0)) })
    }

    private var architecture: ArchitectureDescription {
        switch network {
        case .unet:
            ArchitectureDescription(
                UNet(inputChannels: 1, classes: task.classes, depth: depth ?? 4, baseFilters: baseFilters))
        case .segnet:
            ArchitectureDescription(
                SegNet(inputChannels: 1, classes: task.classes, depth: depth ?? 3, baseFilters: baseFilters))
        }
    }
}
