import ArgumentParser
import Foundation
import NeuralNet
import Segmentation
import Training

extension SegmentationTask: ExpressibleByArgument {}
extension SliceCrop: ExpressibleByArgument {}

/// Which data a command works on.
struct DataOptions: ParsableArguments {
    @Option(help: "Folder with tr_im.nii.gz, tr_mask.nii.gz and slices.tsv: slices with lesion classes.")
    var medseg: String?
    @Option(help: "Column of slices.tsv that splits the slices into train, val and test.")
    var split = "paper_split"
    @Option(help: "Folder with NAME_ct, NAME_lesion, NAME_lung .nii.gz and slices.tsv: patients' volumes.")
    var volumes: String?
    @Option(help: "Of volumes, and of slices without lesions, take every so many.") var stride = 1
    @Option(help: "How many times an epoch holds the MedSeg slices.") var medsegRepeats = 1
    @Option(parsing: .upToNextOption, help: "Volumes that validate.") var validate: [String] = []
    @Option(parsing: .upToNextOption, help: "Volumes to leave out, to be tested on.") var leaveOut: [String] = []
    @Option(
        help: """
            Folder with im.nii.gz and lungmask.nii.gz: slices with lung masks. A lesion task takes those with aerated lungs as \
            slices without lesions.
            """) var lungSlices: String?
    @Option(
        help: """
            Lung model whose lung fields replace the data's own, as serving sees them. A lung task takes them, with the lesions \
            added, as labels of the MedSeg slices, which have none.
            """) var lungModel: String?

    /// Reads what was named. Throws a usage error when nothing was, and what the data sets throw.
    func load(
        task: SegmentationTask, preparation: InputPreparation, backend: CPUBackend
    ) throws -> TrainingData {
        let lungs = try lungModel.map { try LungSegmenter(SegmentationModel.load($0), backend: backend) }
        var data = TrainingData(
            TrainingData.Selection(
                task: task, preparation: preparation, stride: stride, medsegRepeats: medsegRepeats,
                validationVolumes: validate,
                testVolumes: leaveOut))
        if let medseg {
            let slices = try MedSegSlices(folder: URL(filePath: medseg), splitColumn: split)
            try data.add(slices, lungs: lungs?.lungs(of: slices.volume.ct, arrangement: .unrelated))
        }
        if let volumes {
            let patients = try LesionVolumes(folder: URL(filePath: volumes))
            if let lungs, task != .lungs {
                try data.add(patients.replacingLungs { try lungs.lungs(of: $0) })
            } else {
                try data.add(patients)
            }
        }
        if let lungSlices { try data.add(LungSlices(folder: URL(filePath: lungSlices))) }
        guard !data.training.isEmpty else {
            throw ValidationError("There is nothing to train on: name data that fits the task.")
        }
        return data
    }
}
