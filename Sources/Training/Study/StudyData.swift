import Foundation
import Imaging
import Segmentation

/// The paper's slices and how they are split.
public struct StudyData: Sendable {
    public let slices: MedSegSlices
    /// 0 outside the lungs; for figures alone.
    public let lungs: LabelVolume?

    /// Reads the MedSeg folder and, if given, a lung mask of the same slices. Throws `imaging`, `fileAccess`,
    /// `malformedDataSet`.
    public init(folder: URL, splitColumn: String = "paper_split", lungs: URL? = nil) throws(TrainingError) {
        let slices = try MedSegSlices(folder: folder, splitColumn: splitColumn)
        self.slices = slices
        self.lungs = try lungs.map { file throws(TrainingError) in
            try LabelledVolume.lungs(file, fitting: slices.volume)
        }
    }

    public var volume: LabelledVolume { slices.volume }
    public var testSlices: [Int] { slices.slices(in: .test) }

    /// The paper's preparation: the whole slice, resized; no augmentation.
    func training(_ task: PaperExperiment.Task, size: Int) throws(TrainingError) -> TrainingData {
        let preparation = InputPreparation(crop: .wholeSlice, height: size, width: size)
        var data = TrainingData(TrainingData.Selection(task: task.segmentation, preparation: preparation))
        try data.add(slices)
        return data
    }

    /// Names training, validation and test slices by their content: results of other slices are not comparable.
    func identity(_ training: TrainingData) -> String { "\(training.fingerprint), \(testFingerprint)" }

    func identity(_ task: PaperExperiment.Task, size: Int) throws(TrainingError) -> String {
        identity(try training(task, size: size))
    }

    private var testFingerprint: String {
        var hash = ContentHash()
        let plane = volume.ct.grid.size.i * volume.ct.grid.size.j
        for k in testSlices {
            let range = (k * plane)..<((k + 1) * plane)
            hash.mix(UInt64(k))
            for value in volume.ct.voxels[range] { hash.mix(UInt64(UInt16(bitPattern: value))) }
            for label in volume.labels.voxels[range] { hash.mix(UInt64(label)) }
        }
        return "\(testSlices.count) test slices, \(hash.text)"
    }

    /// Table 1's counts: every slice at its own resolution.
    public func frequencies() throws(TrainingError) -> ClassFrequencies {
        try ClassFrequencies(ofSlicesIn: volume.labels, classes: SegmentationTask.multiclass.classes)
    }
}

extension ClassFrequencies {
    /// Counts every axial slice as an image. Throws `labelOutOfRange`.
    public init(ofSlicesIn labels: LabelVolume, classes: Int) throws(TrainingError) {
        self.init(classes: classes)
        let plane = labels.grid.size.i * labels.grid.size.j
        for k in 0..<labels.grid.size.k { try add(image: labels.voxels[(k * plane)..<((k + 1) * plane)]) }
    }
}
