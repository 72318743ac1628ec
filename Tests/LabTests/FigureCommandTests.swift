import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// `deepdream` and `curves` from the outside: pictures, exit statuses.
@Suite struct FigureCommandTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let network = UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 4)
        let model = try SegmentationModel(
            architecture: ArchitectureDescription(network),
            parameters: SegmentationModel(architecture: ArchitectureDescription(network), seed: 3).parameters,
            metadata: ["task": "binary"])
        try model.save(to: folder.path("model.safetensors"))
    }

    /// Width and height of a PNG.
    func size(of name: String) throws -> [Int] {
        let header = try Data(contentsOf: folder.url.appending(path: name)).prefix(24)
        #expect(Array(header.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
        return [16, 20].map { start in header[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
    }

    func dream(_ output: String, _ options: [String] = []) throws -> LabProcess {
        try LabProcess(
            ["deepdream", "model.safetensors", "--output", output, "--size", "128", "--octaves", "2"]
                + ["--iterations", "2", "--threads", "1"] + options, in: folder.url)
    }

    @Test func deepDreamDrawsEveryClass() throws {
        let run = try dream("both.png")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("class 0: logit") && run.errors.contains("class 1: logit"), "\(run.errors)")
        #expect(try dream("one.png", ["--class", "1"]).status == 0)
        let (both, single) = (try size(of: "both.png"), try size(of: "one.png"))
        #expect(both[0] - single[0] == 128 + 6 && both[1] == single[1], "\(both) \(single)")
        _ = try dream("again.png")
        let (first, second) = (
            try Data(contentsOf: folder.url.appending(path: "both.png")),
            try Data(contentsOf: folder.url.appending(path: "again.png"))
        )
        #expect(first == second, "the same seed gives another picture")
    }

    @Test func deepDreamRefusesNonsense() throws {
        #expect(try dream("x.png", ["--class", "2"]).status == 1)
        #expect(try dream("x.png", ["--slice", "3"]).status == 64)
        #expect(try dream("x.png", ["--from", "nothing.nii.gz", "--slice", "1"]).status == 65)
        #expect(!FileManager.default.fileExists(atPath: folder.path("x.png")))
    }

    @Test func curvesDrawARun() throws {
        let line =
            #"{"epoch":1,"gradientNorm":1,"learningRate":0.001,"loss":0.5,"seconds":1,"step":4,"#
            + #""validation":{"dice":[0.9,null],"globalAccuracy":0.9}}"#
        try Data("\(line)\n".utf8).write(to: folder.url.appending(path: "history.jsonl"))
        let run = try LabProcess("curves", ".", "--output", "curves.png", in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try size(of: "curves.png") == [760, 900])
        #expect(try LabProcess("curves", "nowhere", "--output", "x.png", in: folder.url).status == 65)
    }
}
