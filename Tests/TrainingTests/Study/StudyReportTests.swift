import Foundation
import NeuralNet
import TestSupport
import Testing
import Training

/// The page as a reader of the paper expects it, from whatever runs there are.
@Suite struct StudyReportTests {
    let folder: TemporaryFolder
    let data: StudyData
    let output: URL

    init() throws {
        folder = try TemporaryFolder()
        try SyntheticSlices.write(to: folder.url)
        data = try StudyData(folder: folder.url, lungs: folder.url.appending(path: "lungs.nii.gz"))
        output = folder.url.appending(path: "out")
    }

    func run(_ names: [String]) throws {
        let study = Study(
            data: data, settings: try StudySettings(baseFilters: 2, epochs: 2, size: 32), output: output,
            command: "lab <script>alert('x')</script> & more", backend: try CPUBackend(threads: 1))
        _ = try study.run(PaperExperiment.selection(names))
    }

    /// The page without its pictures.
    func page() throws -> String {
        let file = try StudyReport(data: data, output: output).write()
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.replacing(/base64,[A-Za-z0-9+\/=]+/, with: "base64,")
    }

    func check(_ page: String) {
        for part in (1...6).map({ "Table \($0)" }) + ["Figure 1", "Figure 2", "Figure 4"] {
            #expect(page.contains(part), "\(part) is missing")
        }
        #expect(page.contains("Research use, not a medical device."))
        for wrong in ["NaN", "nan<", "nil", "Optional(", "<script", "inf<", "http:", "https:"] {
            #expect(!page.contains(wrong), "the page contains \(wrong)")
        }
        #expect(unbalanced(page) == nil)
        // Everything is inside the page.
        #expect(page.matches(of: /src="(?!data:)/).isEmpty)
    }

    /// The first tag that ends what was not begun, or that is never ended.
    func unbalanced(_ page: String) -> String? {
        var open: [Substring] = []
        for tag in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) {
            if ["meta", "img", "br", "col", "hr"].contains(tag.2) { continue }
            if tag.1.isEmpty {
                open.append(tag.2)
            } else if open.popLast() != tag.2 {
                return String(tag.2)
            }
        }
        return open.last.map(String.init)
    }

    @Test func withoutRunsItSaysSo() throws {
        let page = try page()
        check(page)
        #expect(page.contains("not run"))
        #expect(page.contains("Not run at any width: segnet-binary-1..9, unet-binary-1..9, segnet-multiclass-1..9"))
    }

    @Test func withRunsItShowsBothFigures() throws {
        try run(["unet-multiclass-4", "segnet-binary-4"])
        // A run that was begun, one that failed, and something that is no run.
        let runs = output.appending(path: "runs")
        for name in ["unet-binary-1_base2_epochs2_size32", "unet-binary-2_base2_epochs2_size32", "notes"] {
            try FileManager.default.createDirectory(
                at: runs.appending(path: name), withIntermediateDirectories: true)
        }
        try Data("The loss is not finite.".utf8).write(
            to: runs.appending(path: "unet-binary-2_base2_epochs2_size32/diverged.txt"))
        let page = try page()
        check(page)
        #expect(page.contains("under way"))
        #expect(page.contains("diverged"))
        #expect(page.contains("2 base filters, input 32×32, 2 epochs"))
        // The paper's figure stands beside ours, in the row of its experiment.
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let file = runs.appending(path: "segnet-binary-4_base2_epochs2_size32/evaluation.json")
        let result = try decoder.decode(ExperimentResult.self, from: Data(contentsOf: file))
        let mean = try #require(try result.evaluation().globalAccuracy.mean)
        let ours = String(format: "%.3f", mean)
        #expect(page.contains(#"<td class="paper"><b>0.954</b></td><td class="ours"><b>\#(ours)</b></td>"#))
        // Three overlays of two pictures for each of the two best experiments, and Figures 1 and 2.
        #expect(page.matches(of: #/<img\b/#).count == 14)
    }

    @Test func effusionIsUndefinedNotZero() throws {
        try run(["unet-multiclass-4"])
        let page = try page()
        let row = try #require(page.firstMatch(of: /<tr class="row">.*no effusion label in the data\)<\/th>(.*)<\/tr>/))
        #expect(row.1.replacing(#"<td class="ours">–</td>"#, with: "").isEmpty, "\(row.1)")
        #expect(page.contains(#">C3 pleural effusion</th><td class="paper">34,265</td><td class="ours">–</td>"#))
    }

    @Test func runsOfOtherDataAreLeftOut() throws {
        try run(["segnet-binary-4"])
        let other = folder.url.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try SyntheticSlices.write(to: other, seed: 2)
        let file = try StudyReport(data: try StudyData(folder: other), output: output).write()
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page.contains("other data"))
        #expect(page.contains("0 runs are finished"))
    }

    @Test func aDreamThatIsThereIsShown() throws {
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        #expect(try page().contains("Figure 4 was not made"))
        try Data("picture".utf8).write(to: output.appending(path: "figure4.png"))
        let file = try StudyReport(data: data, output: output).write()
        #expect(try String(contentsOf: file, encoding: .utf8).contains(Data("picture".utf8).base64EncodedString()))
    }
}
