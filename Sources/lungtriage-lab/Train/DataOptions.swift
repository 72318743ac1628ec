import ArgumentParser
import Foundation
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
    @Option(help: "Of volumes, take every so many slices.") var stride = 1
    @Option(parsing: .upToNextOption, help: "Volumes that validate.") var validate: [String] = []
    @Option(parsing: .upToNextOption, help: "Volumes to leave out, to be tested on.") var leaveOut: [String] = []
    @Option(help: "Folder with im.nii.gz and lungmask.nii.gz: slices with lung masks.") var lungSlices: String?

    /// Reads what was named. Throws a usage error when nothing was, and what the data sets throw.
    func load(task: SegmentationTask, preparation: InputPreparation) throws -> TrainingData {
        var data = TrainingData(
            TrainingData.Selection(
                task: task, preparation: preparation, stride: stride, validationVolumes: validate,
                testVolumes: leaveOut))
        if let medseg { try data.add(MedSegSlices(folder: URL(filePath: medseg), splitColumn: split)) }
        if let volumes { try data.add(LesionVolumes(folder: URL(filePath: volumes))) }
        if let lungSlices { try data.add(LungSlices(folder: URL(filePath: lungSlices))) }
        guard !data.training.isEmpty else {
            throw ValidationError("There is nothing to train on: name data that fits the task.")
        }
        return data
    }
}
