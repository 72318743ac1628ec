import Foundation
import TestSupport
import Testing

/// `reproduce` and `figures` from the outside.
@Suite struct StudyCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SyntheticSlices.write(to: folder.url)
    }

    @Test func reproduceRunsOnceAndReports() throws {
        let arguments = [
            "reproduce", "--data", ".", "--output", "out", "--only", "segnet-binary-1", "--epochs", "1",
            "--base-filters", "2", "--size", "32", "--threads", "1",
        ]
        let run = try LabProcess(arguments, in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("[1/1] segnet-binary-1  epoch 1/1"))
        #expect(run.output.contains("report.html"))
        let folderName = "out/runs/segnet-binary-1_base2_epochs1_size32"
        let file = folder.url.appending(path: "\(folderName)/evaluation.json")
        let before = try Data(contentsOf: file)
        #expect(FileManager.default.fileExists(atPath: folder.path("out/report.html")))
        let again = try LabProcess(arguments, in: folder.url)
        #expect(again.status == 0)
        #expect(again.errors.contains("finished before"))
        #expect(try Data(contentsOf: file) == before)
        let evaluated = try LabProcess(
            ["evaluate", "\(folderName)/last.safetensors", "--medseg", ".", "--threads", "1", "--json"],
            in: folder.url)
        #expect(try evaluated.json()["images"] as? Int == 3)
    }

    @Test func reportOnlyTrainsNothing() throws {
        let run = try LabProcess(["reproduce", "--data", ".", "--output", "out", "--report-only"], in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/runs")))
        #expect(FileManager.default.fileExists(atPath: folder.path("out/report.html")))
    }

    @Test func figuresPrintTable1() throws {
        let run = try LabProcess(
            ["figures", "--medseg", ".", "--output", "figures", "--lungs", "lungs.nii.gz"], in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("C3"))
        for name in ["sample.png", "heatmap.png"] {
            let png = try Data(contentsOf: folder.url.appending(path: "figures/\(name)"))
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
    }

    @Test func mistakesAreSaid() throws {
        let unknown = try LabProcess(["reproduce", "--data", ".", "--output", "o", "--only", "vgg"], in: folder.url)
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("vgg"))
        let missing = try LabProcess(["reproduce", "--data", "nowhere", "--output", "o"], in: folder.url)
        #expect(missing.status == 65)
        #expect(!FileManager.default.fileExists(atPath: folder.path("o")))
    }
}
