import Foundation
import Imaging

/// Where a slice may be used.
public enum Split: String, Hashable, Sendable, Codable, CaseIterable {
    case training = "train"
    case validation = "val"
    case test
}

/// The 100 SIRM/MedSeg slices of the paper, or those of them that are there: `tr_im.nii.gz`, `tr_mask.nii.gz` (0, 1
/// ground-glass, 2 consolidation, 3 pleural effusion) and `slices.tsv` with a column per way of splitting them.
///
/// The slices come from some forty patients whose names are not known, so a random split may leak.
public struct MedSegSlices: Sendable {
    public let volume: LabelledVolume
    /// The split of every slice.
    public let splits: [Split]

    /// Throws `imaging`, `fileAccess`, `malformedDataSet`.
    public init(folder: URL, splitColumn: String = "paper_split") throws(TrainingError) {
        volume = try LabelledVolume.read(
            name: "MedSeg", ct: folder.appending(path: "tr_im.nii.gz"), labels: folder.appending(path: "tr_mask.nii.gz")
        )
        let table = try SeparatedTable(folder.appending(path: "slices.tsv"))
        let slices = try table.column("z")
        let names = try table.column(splitColumn)
        let count = volume.ct.grid.size.k
        guard slices == (0..<count).map(String.init) else {
            throw TrainingError(
                .malformedDataSet, subject: table.name,
                message: "The table must list the slices 0 to \(count - 1) of the volume in order.")
        }
        var splits: [Split] = []
        for (z, name) in names.enumerated() {
            guard let split = Split(rawValue: name) else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name,
                    message:
                        "Slice \(z) is in the split \"\(name)\", which is none of \(Split.allCases.map(\.rawValue)).")
            }
            splits.append(split)
        }
        self.splits = splits
    }

    /// The slices of one split.
    public func slices(in split: Split) -> [Int] { splits.indices.filter { splits[$0] == split } }
}

/// Patients' volumes with binary lesion masks and lung masks, as `NAME_ct.nii.gz`, `NAME_lesion.nii.gz`, `NAME_lung.nii.gz`,
/// and a `slices.tsv` that says of every slice whether it was labelled.
public struct LesionVolumes: Sendable {
    /// What is known about a slice.
    public enum SliceStatus: String, Hashable, Sendable {
        /// Lesion and lung masks are right.
        case lesion
        /// There is no lesion; the lung mask may be missing.
        case none
        /// Leave it out.
        case uncertain
    }

    public struct Patient: Sendable {
        public let volume: LabelledVolume
        /// One for every slice.
        public let status: [SliceStatus]

        public func slices(_ wanted: SliceStatus) -> [Int] { status.indices.filter { status[$0] == wanted } }
    }

    public private(set) var patients: [Patient]

    /// Throws `imaging`, `fileAccess`, `malformedDataSet`.
    public init(folder: URL) throws(TrainingError) {
        let table = try SeparatedTable(folder.appending(path: "slices.tsv"))
        let volumes = try table.column("volume")
        let statuses = try table.column("status")
        var bySlice: [String: [SliceStatus]] = [:]
        var order: [String] = []
        for (volume, text) in zip(volumes, statuses) {
            guard let status = SliceStatus(rawValue: text) else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name, message: "\"\(text)\" is no status of a slice.")
            }
            if bySlice[volume] == nil { order.append(volume) }
            bySlice[volume, default: []].append(status)
        }
        var patients: [Patient] = []
        for name in order {
            let volume = try LabelledVolume.read(
                name: name, ct: folder.appending(path: "\(name)_ct.nii.gz"),
                labels: folder.appending(path: "\(name)_lesion.nii.gz"),
                lungs: folder.appending(path: "\(name)_lung.nii.gz"))
            let status = bySlice[name] ?? []
            guard status.count == volume.ct.grid.size.k else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name,
                    message: "\(name) has \(volume.ct.grid.size.k) slices, but the table lists \(status.count).")
            }
            patients.append(Patient(volume: volume, status: status))
        }
        self.patients = patients
    }

    /// The same with other lung masks, for example a lung model's, which every slice has. Rethrows; throws
    /// `malformedDataSet` when a mask has another size than its volume.
    public func replacingLungs(_ lungs: (CTVolume) throws -> LabelVolume) throws -> LesionVolumes {
        var copy = self
        copy.patients = try patients.map { patient in
            let volume = patient.volume
            let replaced = try LabelledVolume(
                name: volume.name, ct: volume.ct, labels: volume.labels, lungs: lungs(volume.ct))
            return Patient(volume: replaced, status: patient.status)
        }
        return copy
    }
}

/// Slices of unrelated patients with lung masks: `im.nii.gz` and `lungmask.nii.gz`.
public struct LungSlices: Sendable {
    public let volume: LabelledVolume

    /// Throws `imaging`, `malformedDataSet`.
    public init(folder: URL) throws(TrainingError) {
        let mask = folder.appending(path: "lungmask.nii.gz")
        volume = try LabelledVolume.read(name: "lungs", ct: folder.appending(path: "im.nii.gz"), labels: mask)
    }

    /// Every tenth slice validates and is never trained on.
    public static func validation(of count: Int) -> [Int] { (0..<count).filter { $0 % 10 == 0 } }

    /// A healthy lung's vessels and bronchi fill a tenth of it; above this share of dense pixels a slice may hold
    /// something else.
    private static let densestHealthy = 0.12
    /// HU from which a lung's pixel is dense.
    private static let dense: Int16 = -500

    /// Slices whose lungs are aerated throughout: at most 12 % of their pixels lie above −500 HU. They may teach what is no
    /// lesion; nobody labelled them for lesions.
    public var aerated: [Int] {
        let size = volume.ct.grid.size
        let plane = size.i * size.j
        return (0..<size.k).filter { k in
            var (lung, dense) = (0, 0)
            for voxel in (k * plane)..<((k + 1) * plane) where volume.labels.voxels[voxel] != 0 {
                lung += 1
                if volume.ct.voxels[voxel] > Self.dense { dense += 1 }
            }
            return lung > 0 && Double(dense) <= Self.densestHealthy * Double(lung)
        }
    }
}

/// A reader's word on every slice of a scan: a table with a column `infected` of 0 and 1.
public struct SliceLabels: Sendable {
    /// In the order of the table.
    public let infected: [Bool]

    /// Throws `fileAccess`, `malformedDataSet`.
    public init(_ file: URL) throws(TrainingError) {
        let table = try SeparatedTable(file)
        infected = try table.column("infected").enumerated().map { row, text throws(TrainingError) in
            guard text == "0" || text == "1" else {
                throw TrainingError(
                    .malformedDataSet, subject: table.name,
                    message: "Line \(row + 2) says \"\(text)\", but infected is 0 or 1.")
            }
            return text == "1"
        }
    }
}
