import Foundation
import Imaging
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// `evaluate`, `evaluate-scan` and `calibrate` from the outside, with models whose answer is known: it is the same
/// everywhere.
@Suite struct EvaluationCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try writeModel("lungs.safetensors", task: "lungs", scores: [0, 1])
        try writeSlices()
    }

    private func writeModel(_ name: String, task: String, scores: [Float]) throws {
        let network = UNet(inputChannels: 1, classes: scores.count, depth: 1, baseFilters: 2)
        var model = try SegmentationModel(architecture: ArchitectureDescription(network), seed: 1)
        try model.parameters.set("head.weight", to: [Float](repeating: 0, count: 2 * scores.count))
        try model.parameters.set("head.bias", to: scores)
        let preparation = InputPreparation(crop: .wholeSlice, height: 16, width: 16)
        model.metadata = preparation.metadata.merging(["task": task]) { $1 }
        try model.save(to: folder.path(name))
    }

    /// Four slices of 20×20, infected all over; the last two validate and test.
    private func writeSlices() throws {
        let grid = try Grid(
            size: GridSize(i: 20, j: 20, k: 4), affine: Affine(order: .lps, spacing: Spacing(i: 1, j: 1, k: 2)))
        let ct = try CTVolume(grid: grid, voxels: [Int16](repeating: -500, count: 1600))
        try NIfTIFile.write(ct, to: folder.path("tr_im.nii.gz"))
        let mask = try LabelVolume(grid: grid, voxels: [UInt8](repeating: 1, count: 1600))
        try NIfTIFile.write(mask, to: folder.path("tr_mask.nii.gz"))
        let table = "z\tpaper_split\n0\ttrain\n1\ttrain\n2\tval\n3\ttest\n"
        try table.write(to: folder.url.appending(path: "slices.tsv"), atomically: true, encoding: .utf8)
    }

    private func pooledDice(_ arguments: [String]) throws -> Double? {
        let run = try LabProcess(["evaluate"] + arguments + ["--json"], in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let classes = try run.json()["classes"] as? [[String: Any]]
        return (classes?.last?["pooled"] as? [String: Any])?["dice"] as? Double
    }

    @Test func aScanIsMeasuredAndComparedWithItsReader() throws {
        try writeModel("infected.safetensors", task: "binary", scores: [0, 1])
        try "label_row\tinfected\n0\t1\n1\t1\n2\t0\n3\t0\n"
            .write(to: folder.url.appending(path: "reader.tsv"), atomically: true, encoding: .utf8)
        let run = try LabProcess(
            "evaluate-scan", "tr_im.nii.gz", "--model", "infected.safetensors", "--lung-model", "lungs.safetensors",
            "--slice-labels", "reader.tsv", "--output", "lesions.nii.gz", "--json", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        let report = try run.json()
        #expect(report["infectedPercent"] as? Double == 100)
        #expect(report["lungMilliliters"] as? Double == 3.2)
        #expect(report["infectedSlices"] as? Int == 4)
        let agreement = report["rowsAsSlices"] as? [String: Double]
        #expect(agreement == ["sensitivity": 1, "specificity": 0])
        #expect(try NIfTIFile.readLabels(folder.path("lesions.nii.gz")).lps().voxels.allSatisfy { $0 == 1 })
    }

    @Test func calibrationMovesTheOperatingPoint() throws {
        // Never calls a pixel infected; from a shift above 1 on it calls all of them.
        try writeModel("timid.safetensors", task: "binary", scores: [1, 0])
        #expect(try pooledDice(["timid.safetensors", "--medseg", "."]) == 0)
        let run = try LabProcess(
            "calibrate", "timid.safetensors", "--medseg", ".", "--part", "val", "--output", "bold.safetensors",
            "--half", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try pooledDice(["bold.safetensors", "--medseg", "."]) == 1)
        #expect(try pooledDice(["bold.safetensors", "--medseg", ".", "--lung-model", "lungs.safetensors"]) == 1)
        let bold = try SegmentationModel.load(folder.path("bold.safetensors"))
        #expect(try bold.parameters.values("head.bias")[1] > 1)
        #expect(bold.metadata["operating_point"]?.contains("dice") == true)
        #expect(bold.metadata["task"] == "binary")
    }

    @Test func aModelThatDoesNotSayItsTaskIsRefused() throws {
        let network = UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 2)
        try SegmentationModel(architecture: ArchitectureDescription(network), seed: 1)
            .save(to: folder.path("untrained.safetensors"))
        let run = try LabProcess("evaluate", "untrained.safetensors", "--medseg", ".", in: folder.url)
        #expect(run.status == 65)
        #expect(run.errors.contains("task"))
    }
}
