import Foundation
import Segmentation
import Testing
import Training

/// The paper's experiments and figures, against its Tables 2 to 6 typed in a second time.
@Suite struct PaperExperimentTests {
    @Test func thereAreThirtySix() {
        #expect(Set(PaperExperiment.all).count == 36)
        #expect(PaperExperiment.all.count == 36)
    }

    @Test(
        arguments: [
            (
                "segnet",
                [(1e-4, 4), (1e-4, 4), (1e-4, 4), (1e-3, 8), (1e-3, 8), (1e-3, 8), (3e-3, 12), (3e-3, 12), (3e-3, 12)]
            ),
            (
                "unet",
                [(1e-4, 2), (1e-4, 2), (1e-4, 2), (5e-4, 8), (5e-4, 8), (5e-4, 8), (1e-3, 12), (1e-3, 12), (1e-3, 12)]
            ),
        ] as [(String, [(Double, Int)])])
    func settingsAreThoseOfTable2(network: String, rows: [(Double, Int)]) throws {
        for (index, row) in rows.enumerated() {
            for task in ["binary", "multiclass"] {
                let experiment = try #require(PaperExperiment(name: "\(network)-\(task)-\(index + 1)"))
                #expect(experiment.setting.learningRate == row.0, "\(experiment.name)")
                #expect(experiment.setting.batchSize == row.1, "\(experiment.name)")
            }
        }
    }

    @Test func repeatsOfASettingDifferByTheirSeed() {
        for start in stride(from: 0, to: 36, by: 3) {
            let three = PaperExperiment.all[start..<(start + 3)]
            #expect(Set(three.map(\.setting)).count == 1)
            #expect(Set(three.map(\.seed)).count == 3)
        }
    }

    @Test func namesAreReadAsWritten() {
        for experiment in PaperExperiment.all { #expect(PaperExperiment(name: experiment.name) == experiment) }
        for wrong in [
            "unet-binary-0", "unet-binary-10", "unet-binary-04", "unet-lungs-1", "vgg-binary-1", "unet-binary", "",
        ] {
            #expect(PaperExperiment(name: wrong) == nil, "\(wrong)")
        }
    }

    @Test func aSelectionKeepsTheOrderAskedFor() throws {
        let chosen = try PaperExperiment.selection(["unet-binary-4", "segnet-multiclass-2..4", "unet-binary-3..4"])
        #expect(
            chosen.map(\.name) == [
                "unet-binary-4", "segnet-multiclass-2", "segnet-multiclass-3", "segnet-multiclass-4", "unet-binary-3",
            ])
        #expect(try PaperExperiment.selection(["segnet"]).count == 18)
        #expect(try PaperExperiment.selection(["unet-multiclass"]).count == 9)
        for wrong in ["unet-binary-3..2", "unet-binary-3..10", "all", "unet-binary-3..", ".."] {
            #expect(throws: TrainingError.self, "\(wrong)") { try PaperExperiment.selection([wrong]) }
        }
    }

    @Test func folderNamesTellSettings() throws {
        let experiment = try #require(PaperExperiment(name: "unet-multiclass-4"))
        let reduced = try StudySettings(baseFilters: 16, epochs: 20)
        #expect(reduced.folderName(of: experiment) == "unet-multiclass-4_base16_epochs20")
        for settings in [
            reduced, try StudySettings(epochs: 60), try StudySettings(baseFilters: 2, epochs: 1, size: 32),
        ] {
            let parsed = try #require(StudySettings.parse(folderName: settings.folderName(of: experiment)))
            #expect(parsed.experiment == experiment)
            #expect(parsed.settings == settings)
        }
        for wrong in [
            "unet-multiclass-4", "unet-multiclass-4_base16", "notes", "unet-multiclass-4_base16_epochs20_old",
        ] {
            #expect(StudySettings.parse(folderName: wrong) == nil, "\(wrong)")
        }
        #expect(throws: TrainingError.self) { try StudySettings(epochs: 0) }
        #expect(throws: TrainingError.self) { try StudySettings(epochs: 1, size: 100) }
        // Full width comes first, then the longer training.
        let order = [try StudySettings(epochs: 9), try StudySettings(epochs: 5), reduced]
        #expect(order.reversed().sorted() == order)
    }

    /// Sums of the printed columns (mean, σ, variance), made by a script from the tables' text.
    @Test func publishedAccuraciesAddUp() throws {
        let sums: [(String, [Double])] = [
            ("segnet-binary", [8.437, 0.438, 0.041]), ("unet-binary", [8.260, 0.551, 0.033]),
            ("segnet-multiclass", [7.332, 0.631, 0.041]), ("unet-multiclass", [7.910, 0.668, 0.047]),
        ]
        for (name, expected) in sums {
            let accuracies = try PaperExperiment.selection([name]).map(PublishedFigures.accuracy(of:))
            let found = [
                accuracies.map { $0.mean }, accuracies.map { $0.standardDeviation }, accuracies.map { $0.variance },
            ].map { $0.reduce(0, +) }
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-9 }, "\(name): \(found)")
        }
        let one = PublishedFigures.accuracy(of: try #require(PaperExperiment(name: "segnet-binary-7")))
        #expect([one.mean, one.standardDeviation, one.variance] == [0.941, 0.033, 0.003])
    }

    @Test func thePapersBestExperiments() {
        #expect(PublishedFigures.best(.segnet, .binary)?.number == 4)
        #expect(PublishedFigures.best(.unet, .binary)?.number == 4)
        #expect(PublishedFigures.best(.segnet, .multiclass)?.number == 7)
        #expect(PublishedFigures.best(.unet, .multiclass)?.number == 4)
    }

    /// The published G-means are √(sensitivity · specificity) of the published scores, which a mistyped figure would break.
    @Test(arguments: PaperExperiment.Task.allCases)
    func publishedScoresAgreeWithEachOther(task: PaperExperiment.Task) throws {
        for network in [ArchitectureDescription.Kind.segnet, .unet] {
            for label in 1..<task.segmentation.classes {
                func score(_ measure: ClassScores.Measure) throws -> Double {
                    try #require(PublishedFigures.score(measure, of: label, network, task))
                }
                let gMean = (try score(.sensitivity) * score(.specificity)).squareRoot()
                #expect(abs(gMean - (try score(.gMean))) < 0.002, "\(network) \(task) class \(label)")
            }
            #expect(PublishedFigures.score(.dice, of: 0, network, task) == nil)
            #expect(PublishedFigures.score(.dice, of: task.segmentation.classes, network, task) == nil)
        }
    }
}
