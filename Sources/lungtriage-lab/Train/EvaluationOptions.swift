import ArgumentParser
import Foundation
import Imaging
import NeuralNet
import Segmentation
import Training

/// What a model is evaluated on.
struct EvaluationOptions: ParsableArguments {
    @Option(help: "Folder with tr_im.nii.gz, tr_mask.nii.gz and slices.tsv.") var medseg: String?
    @Option(help: "Column of slices.tsv that splits the slices into train, val and test.") var split = "paper_split"
    @Option(help: "Which slices: train, val or test.") var part = "test"
    @Option(help: "Folder with patients' volumes.") var volumes: String?
    @Option(parsing: .upToNextOption, help: "Which volumes. Default: all.") var only: [String] = []
    @Option(help: "Folder with slices and lung masks; every tenth, which no model here is trained on.")
    var lungSlices: String?
    @Option(help: "Draw a synthetic pleural effusion into every slice, from this seed; needs a lung model.")
    var effusions: UInt64?

    /// Reads what was named. Throws a usage error for what does not fit together, and what the data sets throw.
    func sets<B: Backend>(for task: SegmentationTask, lungs: LungSegmenter<B>?) throws -> [EvaluationSet] {
        var sets: [EvaluationSet] = []
        if let medseg {
            let data = try MedSegSlices(folder: URL(filePath: medseg), splitColumn: split)
            guard let part = Split(rawValue: part) else { throw ValidationError("--part is train, val or test.") }
            sets.append(
                EvaluationSet(volume: data.volume, slices: data.slices(in: part), arrangement: .unrelated))
        }
        if let volumes {
            for patient in try LesionVolumes(folder: URL(filePath: volumes)).patients
            where only.isEmpty || only.contains(patient.volume.name) {
                if let set = try patient.evaluationSet(for: task) { sets.append(set) }
            }
        }
        if let lungSlices {
            guard task == .lungs else { throw ValidationError("--lung-slices are for lung models.") }
            let volume = try LungSlices(folder: URL(filePath: lungSlices)).volume
            let slices = LungSlices.validation(of: volume.ct.grid.size.k)
            sets.append(EvaluationSet(volume: volume, slices: slices, arrangement: .unrelated))
        }
        guard let effusions else { return sets }
        guard let lungs else { throw ValidationError("--effusions needs --lung-model.") }
        return try sets.map { set in
            let fields = try lungs.lungs(of: set.volume.ct, arrangement: set.arrangement)
            let drawn = try set.volume.drawingEffusions(in: set.slices, lungs: fields, seed: effusions)
            return EvaluationSet(volume: drawn, slices: set.slices, arrangement: set.arrangement)
        }
    }
}
