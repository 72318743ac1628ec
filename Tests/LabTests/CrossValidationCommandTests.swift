import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// `cross-validate` and `folds` from the outside.
@Suite struct CrossValidationCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let manager = FileManager.default
        for name in ["patients", "medseg"] {
            try manager.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
        }
        try SyntheticPatients.write(["ann", "bob", "cid"], to: folder.url.appending(path: "patients"))
        try SyntheticSlices.write(to: folder.url.appending(path: "medseg"))
        let preparation = InputPreparation(crop: .wholeSlice, height: 16, width: 16)
        let network = ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 2))
        try SegmentationModel(
            architecture: network, parameters: SegmentationModel(architecture: network, seed: 3).parameters,
            metadata: preparation.metadata.merging(["task": "lungs"]) { $1 }
        ).save(to: folder.path("lungs.safetensors"))
    }

    func validate(_ options: [String]) throws -> LabProcess {
        try LabProcess(
            [
                "cross-validate", "--task", "binary", "--network", "unet", "--depth", "1", "--base-filters", "2",
                "--crop", "wholeSlice", "--size", "16", "--epochs", "1", "--batch", "2", "--threads", "1",
                "--volumes", "patients", "--output", "out",
            ] + options, in: folder.url)
    }

    /// Dice of every patient in a report, and of all pooled.
    func dice(_ run: LabProcess) throws -> [String: Double?] {
        let report = try run.json()
        var found: [String: Double?] = ["": (report["pooled"] as? [String: Any])?["dice"] as? Double]
        for patient in report["patients"] as? [[String: Any]] ?? [] {
            let name = try #require(patient["name"] as? String)
            found[name] = (patient["pooled"] as? [String: Any])?["dice"] as? Double
        }
        return found
    }

    @Test func aReportOfEveryPatientThatIsMadeAgainWithoutWork() throws {
        let options = [
            "--medseg", "medseg", "--folds", "3", "--augment", "--lung-model", "lungs.safetensors", "--json",
        ]
        let first = try validate(options)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("Fold 2 of 3: bob"), "\(first.errors)")
        let figures = try dice(first)
        #expect(Set(figures.keys) == ["", "ann", "bob", "cid"])
        let again = try validate(options)
        #expect(again.output == first.output)
        #expect(
            again.errors.contains("[fold 3/3] finished before") && !again.errors.contains("epoch"), "\(again.errors)")
        // A fold's figures are those of `evaluate`.
        let evaluated = try LabProcess(
            [
                "evaluate", "out/fold-2/last.safetensors", "--volumes", "patients", "--only", "bob", "--lung-model",
                "lungs.safetensors", "--threads", "1", "--json",
            ], in: folder.url)
        let classes = try #require(try evaluated.json()["classes"] as? [[String: Any]])
        #expect((classes[1]["pooled"] as? [String: Any])?["dice"] as? Double == figures["bob"])
        // Without data, and with a fold missing.
        try FileManager.default.removeItem(atPath: folder.path("patients"))
        let stored = try LabProcess("folds", "out", "--json", in: folder.url)
        #expect(stored.output == first.output, "\(stored.errors)")
        try FileManager.default.removeItem(atPath: folder.path("out/fold-2"))
        let table = try LabProcess("folds", "out", in: folder.url)
        #expect(table.output.contains("Of 3 folds these are not finished: 2."), "\(table.output)")
        #expect(table.output.contains("cid") && !table.output.contains("bob"))
    }

    @Test func mistakesAreSaid() throws {
        #expect(try validate(["--folds", "4"]).status == 1)
        #expect(try validate(["--dealing", "cards"]).status == 64)
        #expect(try LabProcess("folds", "nowhere", in: folder.url).status == 65)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
}
