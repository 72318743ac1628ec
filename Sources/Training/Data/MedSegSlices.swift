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
