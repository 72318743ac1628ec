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

    /// What is taken of the data, all patients training.
    func selection(_ task: SegmentationTask, _ preparation: InputPreparation) -> TrainingData.Selection {
        TrainingData.Selection(task: task, preparation: preparation, stride: stride, medsegRepeats: medsegRepeats)
    }

    /// Reads what was named. Throws what the data sets and the lung model throw.
    func sources<B: Backend>(for task: SegmentationTask, backend: B) throws -> TrainingSources {
        let lungs = try lungModel.map { try LungSegmenter(SegmentationModel.load($0), backend: backend) }
        var sources = TrainingSources()
        if let medseg {
            let slices = try MedSegSlices(folder: URL(filePath: medseg), splitColumn: split)
            sources.medseg = (slices, try lungs?.lungs(of: slices.volume.ct, arrangement: .unrelated))
        }
        if let volumes {
            let patients = try LesionVolumes(folder: URL(filePath: volumes))
            if let lungs, task != .lungs {
                sources.volumes = try patients.replacingLungs { try lungs.lungs(of: $0) }
            } else {
                sources.volumes = patients
            }
        }
        if let lungSlices { sources.lungSlices = try LungSlices(folder: URL(filePath: lungSlices)) }
        return sources
    }
}
