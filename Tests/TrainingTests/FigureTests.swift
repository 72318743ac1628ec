import Foundation
import Imaging
import NeuralNet
import TestSupport
import Testing
import Training

@Suite struct TrainingCurvesTests {
    static func record(_ epoch: Int, loss: Double, dice: [Double?]?) -> EpochRecord {
        var record = EpochRecord(
            epoch: epoch, step: epoch * 10, learningRate: 1e-3 / Double(epoch), loss: loss, gradientNorm: 1,
            validation: nil, seconds: 3)
        if let dice {
            record.validation = ValidationRecord(Evaluation(classes: dice.count))
            record.validation?.dice = dice
        }
        return record
    }

    static func pixels(of picture: Picture, _ color: RGB) -> Int {
        (0..<picture.height).reduce(0) { sum, y in
            sum + (0..<picture.width).reduce(0) { $0 + (picture[$1, y] == color ? 1 : 0) }
        }
    }

    @Test func everyCurveIsDrawn() throws {
        let history = (1...20).map {
            Self.record($0, loss: 1 / Double($0), dice: [0.9, Double($0) / 25, $0 < 10 ? nil : 0.5])
        }
        let picture = try TrainingCurves(history, classNames: ["Background", "Infected"]).picture()
        #expect((picture.width, picture.height) == (760, 900))
        // Background, first class (also loss and rate), second class.
        for color in [RGB(hex: 0x8C8C8C), RGB(hex: 0x0072B2), RGB(hex: 0xD55E00)] {
            #expect(Self.pixels(of: picture, color) > 100, "\(color)")
        }
        let without = try TrainingCurves(history.map { Self.record($0.epoch, loss: $0.loss, dice: nil) }).picture()
        #expect(without.height == 600)
    }

    @Test func oneEpochCanBeSeen() throws {
        let nothing = try TrainingCurves([]).picture()
        let one = try TrainingCurves([Self.record(1, loss: 0.5, dice: nil)]).picture()
        #expect(Self.pixels(of: nothing, RGB(hex: 0x0072B2)) == 0)
        #expect(Self.pixels(of: one, RGB(hex: 0x0072B2)) > 20)
    }

    @Test func aRunsFolderGivesItsCurves() throws {
        let folder = try TemporaryFolder()
        #expect { try TrainingCurves(ofRun: folder.url) } throws: { ($0 as? TrainingError)?.code == .fileAccess }
        let file = folder.url.appending(path: "history.jsonl")
        try Data("{\"epoch\":".utf8).write(to: file)
        #expect { try TrainingCurves(ofRun: folder.url) } throws: { ($0 as? TrainingError)?.code == .fileAccess }
        let line = try JSONEncoder().encode(Self.record(1, loss: 0.5, dice: [1, 0.5]))
        try (line + Data("\n{\"epo".utf8)).write(to: file)
        #expect(try TrainingCurves(ofRun: folder.url).history.map(\.loss) == [0.5])
    }

    @Test func aRunDrawsItsCurvesAndDoesWithout() throws {
        let folder = try TemporaryFolder()
        let tests = TrainerTests()
        var recipe = tests.recipe
        recipe.epochs = 2
        // A folder stands where the picture should go.
        let place = folder.url.appending(path: "curves.png")
        try FileManager.default.createDirectory(
            at: place.appending(path: "in the way"), withIntermediateDirectories: true)
        var complaints = 0
        let history = try tests.trainer(folder, recipe).run {
            if case .curvesNotDrawn = $0 { complaints += 1 }
        }
        #expect(history.count == 2 && complaints == 2)
        try FileManager.default.removeItem(at: place)
        recipe.epochs = 2
        let other = try TemporaryFolder()
        _ = try tests.trainer(other, recipe).run()
        let png = try Data(contentsOf: other.url.appending(path: "curves.png"))
        #expect(Array(png.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
    }
}

@Suite struct CaseOverlaysTests {
    @Test func placesAreRanked() {
        func places(_ scores: [Double?]) -> [Int] { CaseRanking(scores).places.map(\.index) }
        #expect(places([0.2, nil, 0.9, 0.5, 0.7]) == [2, 4, 0])
        #expect(places([0.2, 0.9, .nan, 0.5]) == [1, 3, 0])
        #expect(places([0.5, 0.5, 0.5]) == [0, 1, 2])
        #expect(places([0.2, 0.9]) == [1, 0])
        #expect(places([nil, 0.9]) == [1])
        #expect(places([nil, nil]) == [])
        #expect(CaseRanking([0.2, nil, .nan, 0.5]).undefined == 2)
    }

    @Test func meanDiceLeavesOutWhatIsUndefined() throws {
        // Class 1: 2·1/(2·1 + 1 + 0) = 2/3; class 2 neither occurs nor is predicted; class 3: 2·1/(2·1 + 0 + 1) = 2/3.
        let matrix = try ConfusionMatrix(actual: [0, 1, 0, 3, 3], predicted: [0, 1, 1, 3, 0], classes: 4)
        #expect(abs(try #require(matrix.meanDice) - 2.0 / 3) < 1e-12)
        #expect(try ConfusionMatrix(actual: [0, 0], predicted: [0, 0], classes: 4).meanDice == nil)
    }

    func slice(_ name: String, score: Double?, truth: UInt8 = 1, prediction: UInt8 = 1) throws -> SegmentedSlice {
        let grid = try Grid(
            size: GridSize(i: 40, j: 30, k: 1),
            affine: Affine(i: [-1, 0, 0], j: [0, -1, 0], k: [0, 0, 5], origin: [0, 0, 0]))
        func labels(_ label: UInt8) throws -> PlaneSlice<UInt8> {
            let voxels = (0..<1200).map { ($0 % 40) > 20 ? label : 0 }
            return try LabelVolume(grid: grid, voxels: voxels).slice(.axial, at: 0)
        }
        let ct = try CTVolume(grid: grid, voxels: [Int16](repeating: -800, count: 1200)).slice(.axial, at: 0)
        return SegmentedSlice(
            name: name, ct: ct, truth: try labels(truth), prediction: try labels(prediction), score: score)
    }

    @Test func truthAndPredictionAreDrawn() throws {
        let cases = [
            try slice("a", score: 0.9), try slice("b", score: nil, truth: 0, prediction: 0),
            try slice("c", score: 0, prediction: 2), try slice("d", score: 0.4),
        ]
        let picture = try CaseOverlays(scheme: .findings).picture(of: cases)
        // The outline of class 1 in every row, of class 2 in the worst one's prediction.
        #expect(TrainingCurvesTests.pixels(of: picture, RGB(hex: 0x6A80FF)) > 4 * 200)
        #expect(TrainingCurvesTests.pixels(of: picture, RGB(hex: 0xEE4A00)) > 200)
        let good = try CaseOverlays(scheme: .findings).picture(of: [cases[0], cases[3]])
        #expect(TrainingCurvesTests.pixels(of: good, RGB(hex: 0xEE4A00)) == 0)
        #expect(good.height < picture.height)
    }

    @Test func withoutScoresThereIsNothingToDraw() throws {
        let overlays = CaseOverlays(scheme: .findings)
        let empty = try slice("b", score: nil)
        #expect { try overlays.picture(of: [empty]) } throws: { ($0 as? ImagingError)?.code == .invalidArgument }
    }
}
