import Analysis
import Digests
import Foundation
import Imaging
import ModelHost
import Severity
import Synchronization
import Testing

/// A phantom with known findings through the shipped plugins.
@Suite(.serialized) struct StudyAnalysisTests {
    let folder: StudyFolder
    let truth: PhantomRendering
    let analyzer: StudyAnalyzer

    init() throws {
        folder = try StudyFolder()
        let grid = try ChestPhantom.grid(size: GridSize(i: 192, j: 192, k: 24), order: #require(VoxelOrder("RSA")))
        truth = try ChestPhantom(seed: 5, findings: PhantomFinding.moderate).render(on: grid)
        try NIfTIFile.write(truth.ct, to: folder.path("phantom.nii.gz"))
        analyzer = StudyAnalyzer(
            try PluginSet(BuiltPlugins.catalog, devices: [ComputeDevice(.cpu, threads: 2)]),
            options: AnalysisOptions(keepsProbabilities: true))
    }

    @Test func everyFileIsThereAndLiesOnTheInputsGrid() throws {
        let out = folder.path("out")
        let result = try analyzer.analyze(
            Study(path: folder.path("phantom.nii.gz")), into: StudyDestination(folder: out))
        let files = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        let ids = try BuiltPlugins.catalog.plugins.filter { $0.role != .lung }.map(\.id)
        var expected = ["montage.png", "provenance.json", "report.html", "severity.json", "thumbnail.png"]
        for id in ["lung"] + ids {
            expected += ["phantom_seg-\(id)_dseg.nii.gz", "phantom_seg-\(id)_dseg.tsv"]
            if id != "lung" { expected.append("phantom_seg-\(id)_probseg.nii.gz") }
        }
        #expect(files == expected.sorted())
        let input = try NIfTIFile.readHeader(folder.path("phantom.nii.gz"))
        for file in files where file.hasSuffix(".nii.gz") {
            #expect(try NIfTIFile.readHeader(out + "/" + file).geometry == input.geometry, "\(file)")
        }
        let lungs = try NIfTIFile.readLabels(out + "/phantom_seg-lung_dseg.nii.gz")
        #expect(lungs.lps().voxels == result.lungs.voxels)
        for side in LungSide.allCases {
            #expect(dice(lungs.lps(), truth.lungs.lps(), label: side.rawValue) > 0.93, "\(side)")
        }
    }

    @Test func provenanceNamesWhatWasPutInAndWhatWorkedOnIt() throws {
        let out = folder.path("out")
        try analyzer.analyze(Study(path: folder.path("phantom.nii.gz")), into: StudyDestination(folder: out))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: out + "/provenance.json")))
                as? [String: Any])
        let input = try #require(json["input"] as? [String: Any])
        #expect(input["sha256"] as? String == (try FileDigest.sha256(ofFile: folder.path("phantom.nii.gz"))))
        #expect(input["voxelOrder"] as? String == "RSA")
        let plugins = try #require(json["plugins"] as? [[String: Any]])
        #expect(plugins.first?["id"] as? String == "unet-lung")
        #expect(try String(contentsOfFile: out + "/report.html", encoding: .utf8).contains("not a medical device"))
    }

    @Test func aCancelledAnalysisLeavesNothing() throws {
        let asked = Atomic(0)
        let error = try #require(throws: AnalysisError.self) {
            try analyzer.analyze(
                Study(path: folder.path("phantom.nii.gz")), into: StudyDestination(folder: folder.path("out")),
                isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).newValue > 4 })
        }
        #expect(error.code == .cancelled)
        #expect(folder.content == ["phantom.nii.gz"])
    }

    @Test func resultsAreNotWrittenOverOthersUnlessTold() throws {
        let out = folder.path("out")
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try Data("old".utf8).write(to: URL(filePath: out + "/old.txt"))
        let study = Study(path: folder.path("phantom.nii.gz"))
        let error = try #require(throws: AnalysisError.self) {
            try analyzer.analyze(study, into: StudyDestination(folder: out))
        }
        #expect(error.code == .output)
        #expect(try FileManager.default.contentsOfDirectory(atPath: out) == ["old.txt"])
        try analyzer.analyze(study, into: StudyDestination(folder: out, replacesExisting: true))
        #expect(!FileManager.default.fileExists(atPath: out + "/old.txt"))
        #expect(FileManager.default.fileExists(atPath: out + "/report.html"))
        #expect(folder.content == ["out", "phantom.nii.gz"])
    }

    @Test func progressOnlyGrowsAndEndsAtOne() throws {
        let shares = Mutex<[Double]>([])
        try analyzer.analyze(
            Study(path: folder.path("phantom.nii.gz")), into: StudyDestination(folder: folder.path("out")),
            progress: { progress in shares.withLock { $0.append(progress.share) } })
        let seen = shares.withLock { $0 }
        #expect(seen.count > 10 && zip(seen, seen.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
        #expect(abs((seen.last ?? 0) - 1) < 1e-9)
    }

    @Test func oneSliceHasSharesInPlaceOfVolumes() throws {
        let grid = try ChestPhantom.grid(size: GridSize(i: 256, j: 256, k: 1))
        let slice = try ChestPhantom(seed: 5, findings: PhantomFinding.moderate).render(on: grid)
        try NIfTIFile.write(slice.ct, to: folder.path("slice.nii"))
        let result = try analyzer.analyze(
            Study(path: folder.path("slice.nii")), into: StudyDestination(folder: folder.path("out")))
        #expect(result.scores.percentageOfOpacity.value == nil)
        #expect(result.scores.zoneScore.value == nil && result.scores.triageLevel.value == nil)
        #expect(result.scores.remarks.contains { $0.code == "singleSlice" })
    }

    @Test func aFileThatIsNoCTIsRefusedWithASentence() throws {
        try Data("not a scan".utf8).write(to: URL(filePath: folder.path("text.nii.gz")))
        let error = try #require(throws: AnalysisError.self) {
            try analyzer.analyze(
                Study(path: folder.path("text.nii.gz")), into: StudyDestination(folder: folder.path("out")))
        }
        #expect(error.code == .badInput && error.cause?.hasPrefix("notNIfTI") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
}

@Suite struct StudyNameTests {
    @Test(arguments: [
        ("/a/scan.nii.gz", "scan"), ("scan.NII", "scan"), ("/a/b c;d.nii", "b_c_d"), ("..nii", "study"),
        ("/x/../..nii.gz", "study"), ("Müller-7_v1.2.nii.gz", "Müller-7_v1.2"), ("<img>.nii", "_img_"),
    ]) func namesAreUsableAnywhere(_ path: String, _ name: String) {
        #expect(Study(path: path).name == name)
    }
}
