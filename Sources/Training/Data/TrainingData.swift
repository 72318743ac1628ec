import Foundation
import Imaging
import Segmentation

/// Training and validation slices of a task, gathered from the data sets that are there.
public struct TrainingData: Sendable {
    /// Which slices to take.
    public struct Selection: Hashable, Sendable, Codable {
        public var task: SegmentationTask
        public var preparation: InputPreparation
        /// Of volumes, and of slices that stand for healthy lungs, every so many: neighbours hardly differ, and lesions are
        /// what there is to learn.
        public var stride: Int
        /// How many times an epoch holds the MedSeg training slices: few of them, of many patients.
        public var medsegRepeats: Int
        /// Volumes whose slices validate instead of train.
        public var validationVolumes: [String]
        /// Volumes that are left out altogether, to be tested on.
        public var testVolumes: [String]

        public init(
            task: SegmentationTask, preparation: InputPreparation, stride: Int = 1, medsegRepeats: Int = 1,
            validationVolumes: [String] = [], testVolumes: [String] = []
        ) {
            self.task = task
            self.preparation = preparation
            self.stride = stride
            self.medsegRepeats = medsegRepeats
            self.validationVolumes = validationVolumes
            self.testVolumes = testVolumes
        }
    }

    public private(set) var training: [PreparedSlice] = []
    public private(set) var validation: [PreparedSlice] = []
    public let selection: Selection

    public init(_ selection: Selection) { self.selection = selection }

    /// Adds the MedSeg slices of the training and validation splits. `lungs` is needed to crop to them.
    ///
    /// The slices have no lung labels. A lung task learns from the given lungs with the lesions added, which are its only
    /// examples of lungs that are consolidated for the most part; without `lungs` it gets none. Throws `imaging`.
    public mutating func add(_ medseg: MedSegSlices, lungs: LabelVolume? = nil) throws(TrainingError) {
        var volume = medseg.volume
        let relabel: (UInt8) -> UInt8
        switch selection.task {
        case .binary: relabel = { min($0, 1) }
        case .multiclass: relabel = { $0 }
        case .lungs:
            guard let lungs else { return }
            volume = try volume.labelledByLungs(lungs)
            relabel = { min($0, 1) }
        }
        func slices(_ split: Split) throws(TrainingError) -> [PreparedSlice] {
            try prepared(volume, medseg.slices(in: split), lungs: lungs, relabel: relabel)
        }
        let trained = try slices(.training)
        for _ in 0..<max(1, selection.medsegRepeats) { training += trained }
        validation += try slices(.validation)
    }

    /// Adds patients' volumes. Their lesions are of unknown kind: a multi-class task ignores those pixels and learns from
    /// the rest. Throws `imaging`.
    public mutating func add(_ volumes: LesionVolumes) throws(TrainingError) {
        for patient in volumes.patients where !selection.testVolumes.contains(patient.volume.name) {
            var volume = patient.volume
            var wanted = patient.slices(.lesion)
            let relabel: (UInt8) -> UInt8
            switch selection.task {
            case .binary:
                relabel = { min($0, 1) }
                wanted += patient.slices(.none)
            case .multiclass:
                relabel = { $0 > 0 ? SegmentationTask.ignoredLabel : 0 }
                wanted += patient.slices(.none)
            case .lungs:
                guard let lungs = volume.lungs else { continue }
                volume = try LabelledVolume(name: volume.name, ct: volume.ct, labels: lungs)
                relabel = { min($0, 1) }
            }
            let chosen = wanted.sorted().enumerated().filter { $0.offset % max(1, selection.stride) == 0 }
                .map(\.element)
            let slices = try prepared(volume, chosen, relabel: relabel)
            if selection.validationVolumes.contains(volume.name) {
                validation += slices
            } else {
                training += slices
            }
        }
    }

    /// Adds slices of unrelated patients with lung masks, every tenth for validation; to a lesion task, those with aerated
    /// lungs as slices without lesions. Throws `imaging`.
    public mutating func add(_ lungs: LungSlices) throws(TrainingError) {
        let slices: [Int]
        let relabel: (UInt8) -> UInt8
        switch selection.task {
        case .lungs:
            slices = Array(0..<lungs.volume.ct.grid.size.k)
            relabel = { min($0, 1) }
        case .binary, .multiclass:
            slices = lungs.aerated.enumerated().filter { $0.offset % max(1, selection.stride) == 0 }.map(\.element)
            relabel = { _ in 0 }
        }
        func prepared(_ slices: [Int]) throws(TrainingError) -> [PreparedSlice] {
            try self.prepared(lungs.volume, slices, lungs: lungs.volume.labels, relabel: relabel)
        }
        let validating = Set(LungSlices.validation(of: lungs.volume.ct.grid.size.k))
        training += try prepared(slices.filter { !validating.contains($0) })
        validation += try prepared(slices.filter(validating.contains))
    }

    /// Pixel counts of the training slices, for class weights.
    public func frequencies() throws(TrainingError) -> ClassFrequencies {
        var frequencies = ClassFrequencies(classes: selection.task.classes)
        for slice in training {
            try frequencies.add(image: slice.labels, ignoring: SegmentationTask.ignoredLabel)
        }
        return frequencies
    }

    /// Names the slices and their content: FNV-1a over names, HU and labels, so that a run is not resumed on other data.
    public var fingerprint: String {
        var hash = ContentHash()
        for slice in training + validation {
            for byte in slice.name.utf8 { hash.mix(UInt64(byte)) }
            for value in slice.hu { hash.mix(UInt64(value.bitPattern)) }
            for label in slice.labels { hash.mix(UInt64(label)) }
            for lung in slice.lungs ?? [] { hash.mix(UInt64(lung)) }
        }
        return "\(training.count)+\(validation.count) slices, \(hash.text)"
    }

    private func prepared(
        _ volume: LabelledVolume, _ slices: [Int], lungs: LabelVolume? = nil, relabel: (UInt8) -> UInt8
    ) throws(TrainingError) -> [PreparedSlice] {
        let preparation = selection.preparation
        return try volume.prepared(
            slices, crop: preparation.crop, height: preparation.height, width: preparation.width, lungs: lungs,
            relabel: relabel)
    }
}
