import Foundation
import Imaging
import Segmentation
import TestSupport
import Testing
import Training

/// Small data sets in the layouts that are read, made by the test.
@Suite struct DataSetTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Slices of 20×20 whose HU and labels tell which slice they are.
    private func write(_ name: String, slices: Int, value: (Int) -> Int16) throws {
        let volume = try CTVolume(grid: grid(slices), voxels: voxels(slices, value))
        try NIfTIFile.write(volume, to: folder.url.appending(path: name).path)
    }

    private func writeLabels(_ name: String, slices: Int, value: (Int) -> UInt8) throws {
        let volume = try LabelVolume(grid: grid(slices), voxels: voxels(slices, value))
        try NIfTIFile.write(volume, to: folder.url.appending(path: name).path)
    }

    private func grid(_ slices: Int) throws -> Grid {
        try Grid(
            size: GridSize(i: 20, j: 20, k: slices),
            affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 2)))
    }

    private func voxels<Value>(_ slices: Int, _ value: (Int) -> Value) -> [Value] {
        (0..<slices).flatMap { k in [Value](repeating: value(k), count: 400) }
    }

    private func write(_ table: [[String]]) throws {
        let text = table.map { $0.joined(separator: "\t") }.joined(separator: "\n") + "\n"
        try text.write(to: folder.url.appending(path: "slices.tsv"), atomically: true, encoding: .utf8)
    }

    private func medseg(splits: [String]) throws -> MedSegSlices {
        try write("tr_im.nii.gz", slices: 5) { Int16($0) }
        try writeLabels("tr_mask.nii.gz", slices: 5) { UInt8($0 % 4) }
        try write([["z", "paper_split"]] + splits.enumerated().map { ["\($0)", $1] })
        return try MedSegSlices(folder: folder.url)
    }

    func selection(_ task: SegmentationTask, validate: [String] = [], leaveOut: [String] = []) -> TrainingData.Selection
    {
        TrainingData.Selection(
            task: task, preparation: InputPreparation(crop: .wholeSlice, height: 16, width: 16),
            validationVolumes: validate, testVolumes: leaveOut)
    }

    @Test func medSegSlicesFollowTheirTable() throws {
        let slices = try medseg(splits: ["train", "test", "val", "train", "train"])
        #expect(slices.slices(in: .training) == [0, 3, 4])
        var data = TrainingData(selection(.multiclass))
        try data.add(slices)
        #expect(data.training.map(\.name) == ["MedSeg slice 0", "MedSeg slice 3", "MedSeg slice 4"])
        #expect(data.validation.map(\.name) == ["MedSeg slice 2"])
        #expect(data.training[1].hu.allSatisfy { abs($0 - 3) < 1e-4 })
        #expect(data.training[1].labels.allSatisfy { $0 == 3 })
        // The test slice is nowhere.
        #expect(!(data.training + data.validation).contains { $0.name == "MedSeg slice 1" })
    }

    @Test func aBinaryTaskKnowsOneKindOfLesion() throws {
        var data = TrainingData(selection(.binary))
        try data.add(medseg(splits: ["train", "train", "train", "train", "val"]))
        #expect(data.training.map { $0.labels[0] } == [0, 1, 1, 1])
        let frequencies = try data.frequencies()
        #expect(frequencies.classPixels == [256, 768])
    }

    @Test func aTableThatDoesNotFitIsAnError() throws {
        #expect(throws: TrainingError.self) { try medseg(splits: ["train", "train"]) }
        #expect(throws: TrainingError.self) { try medseg(splits: ["train", "train", "train", "train", "exam"]) }
        try write([["z", "paper_split"], ["0"]])
        #expect(throws: TrainingError.self) { try MedSegSlices(folder: folder.url) }
        #expect(throws: TrainingError.self) { try MedSegSlices(folder: folder.url.appending(path: "nowhere")) }
    }

    private func patients() throws -> LesionVolumes {
        var table = [["volume", "z", "status", "match"]]
        for (name, statuses) in [
            ("a", ["none", "lesion", "uncertain"]), ("b", ["lesion", "none"]), ("c", ["lesion"]),
        ] {
            try write("\(name)_ct.nii.gz", slices: statuses.count) { Int16($0) }
            try writeLabels("\(name)_lesion.nii.gz", slices: statuses.count) { statuses[$0] == "lesion" ? 1 : 0 }
            try writeLabels("\(name)_lung.nii.gz", slices: statuses.count) { _ in 2 }
            for (z, status) in statuses.enumerated() { table.append([name, "\(z)", status, ""]) }
        }
        try write(table)
        return try LesionVolumes(folder: folder.url)
    }

    /// A patient lies on one side only: the rule that keeps training honest.
    @Test(arguments: SegmentationTask.allCases)
    func patientsNeverLieOnBothSides(task: SegmentationTask) throws {
        var data = TrainingData(selection(task, validate: ["b"], leaveOut: ["c"]))
        try data.add(patients())
        #expect(!data.training.isEmpty)
        #expect(data.training.allSatisfy { $0.name.hasPrefix("a ") })
        #expect(!data.validation.isEmpty)
        #expect(data.validation.allSatisfy { $0.name.hasPrefix("b ") })
    }

    @Test func uncertainSlicesAreLeftOut() throws {
        var data = TrainingData(selection(.binary))
        try data.add(patients())
        #expect(!data.training.contains { $0.name == "a slice 2" })
        #expect(data.training.first { $0.name == "a slice 1" }?.labels.first == 1)
        #expect(data.training.first { $0.name == "a slice 0" }?.labels.first == 0)
    }

    @Test func lesionsOfUnknownKindAreIgnored() throws {
        var data = TrainingData(selection(.multiclass))
        try data.add(patients())
        #expect(data.training.first { $0.name == "a slice 1" }?.labels.first == SegmentationTask.ignoredLabel)
        #expect(try data.frequencies().classPixels == [512, 0, 0, 0])
    }

    @Test func theFingerprintIsOfTheContent() throws {
        var one = TrainingData(selection(.binary))
        try one.add(patients())
        var other = TrainingData(selection(.lungs))
        try other.add(patients())
        var again = TrainingData(selection(.binary))
        try again.add(patients())
        #expect(one.fingerprint == again.fingerprint)
        #expect(one.fingerprint != other.fingerprint)
    }

    /// Slices of 20×20 with lung everywhere, of which the first `dense` voxels are dense.
    private func lungSlices(dense: [Int]) throws -> LungSlices {
        let values = dense.flatMap { count in (0..<400).map { Int16($0 < count ? -400 : -800) } }
        let ct = try CTVolume(grid: grid(dense.count), voxels: values)
        try NIfTIFile.write(ct, to: folder.url.appending(path: "im.nii.gz").path)
        try writeLabels("lungmask.nii.gz", slices: dense.count) { _ in 1 }
        return try LungSlices(folder: folder.url)
    }

    @Test func aeratedSlicesTeachWhatIsNoLesion() throws {
        // 12 % of 400 are 48.
        let slices = try lungSlices(dense: [0, 48, 49, 400, 10, 0, 0, 0, 0, 0, 49, 0])
        #expect(slices.aerated == [0, 1, 4, 5, 6, 7, 8, 9, 11])
        var data = TrainingData(selection(.binary))
        try data.add(slices)
        #expect(data.training.map(\.name) == [1, 4, 5, 6, 7, 8, 9, 11].map { "lungs slice \($0)" })
        #expect(data.validation.map(\.name) == ["lungs slice 0"])
        #expect((data.training + data.validation).allSatisfy { $0.labels.allSatisfy { $0 == 0 } })
        var lungs = TrainingData(selection(.lungs))
        try lungs.add(slices)
        #expect(lungs.training.count == 10 && lungs.validation.count == 2)
        #expect(lungs.training.allSatisfy { $0.labels.allSatisfy { $0 == 1 } })
    }

    @Test func medSegSlicesMayBeRepeatedAndHealthyOnesThinned() throws {
        var wanted = selection(.binary)
        wanted.medsegRepeats = 3
        wanted.stride = 2
        var data = TrainingData(wanted)
        try data.add(medseg(splits: ["train", "test", "val", "test", "train"]))
        #expect(data.training.map(\.name) == (0..<3).flatMap { _ in ["MedSeg slice 0", "MedSeg slice 4"] })
        #expect(data.validation.count == 1)
        var healthy = TrainingData(wanted)
        try healthy.add(lungSlices(dense: [0, 0, 400, 0, 0, 0]))
        #expect(healthy.training.map(\.name) == ["lungs slice 3", "lungs slice 5"])
    }

    @Test func lungsOfMedSegSlicesHoldTheirLesions() throws {
        let slices = try medseg(splits: ["train", "train", "val", "test", "train"])
        var without = TrainingData(selection(.lungs))
        try without.add(slices)
        #expect(without.training.isEmpty && without.validation.isEmpty)
        // Lungs are given in slice 0 only; slices 1 and 2 are lesions, slice 4 is neither.
        let lungs = try LabelVolume(grid: slices.volume.ct.grid, voxels: voxels(5) { $0 == 0 ? 1 : 0 })
        var data = TrainingData(selection(.lungs))
        try data.add(slices, lungs: lungs)
        #expect(data.training.map { $0.labels[0] } == [1, 1, 0])
        #expect(data.validation.map { $0.labels[0] } == [1])
    }

    @Test func otherLungsReplaceThePatients() throws {
        let replaced = try patients().replacingLungs { ct in
            try LabelVolume(grid: ct.grid, voxels: [UInt8](repeating: 7, count: ct.grid.size.voxels))
        }
        var data = TrainingData(selection(.binary))
        try data.add(replaced)
        #expect(data.training.allSatisfy { $0.lungs?.allSatisfy { $0 == 7 } == true })
    }

    @Test func readersLabelsAreZeroOrOne() throws {
        let file = folder.url.appending(path: "slices.tsv")
        try write([["label_row", "infected"], ["0", "1"], ["1", "0"]])
        #expect(try SliceLabels(file).infected == [true, false])
        try write([["label_row", "infected"], ["0", "yes"]])
        #expect(throws: TrainingError.self) { try SliceLabels(file) }
    }
}
