import Foundation
import Segmentation
import Testing
import Training

/// Which experiment goes on to the class-level tables, and what is stored of one.
@Suite struct ExperimentResultTests {
    func result(_ name: String, _ images: [[[Int]]]) throws -> ExperimentResult {
        let experiment = try #require(PaperExperiment(name: name))
        let architecture = ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 2))
        return ExperimentResult(
            experiment: experiment, settings: try StudySettings(baseFilters: 2, epochs: 1),
            recipe: TrainingRecipe(architecture: architecture, epochs: 1, batchSize: 1, learningRate: 1), data: "",
            images: images.enumerated().map { .init(slice: $0, confusion: $1) },
            provenance: .init(
                command: "", machine: "", finished: Date(timeIntervalSince1970: 1000), trainingSeconds: 0))
    }

    /// By the mean of the images' accuracies: 2 has the highest pooled accuracy (209 of 210), 3 the highest mean.
    @Test func theBestHasTheHighestMeanAccuracy() throws {
        let one = try result("unet-binary-1", [[[8, 2], [0, 0]], [[150, 50], [0, 0]]])
        let two = try result("unet-binary-2", [[[9, 1], [0, 0]], [[200, 0], [0, 0]]])
        let three = try result("unet-binary-3", [[[10, 0], [0, 0]], [[196, 4], [0, 0]]])
        #expect(try ExperimentResult.best(of: [one, two, three])?.experiment.number == 3)
        #expect(try ExperimentResult.best(of: [three, two, one])?.experiment.number == 3)
        #expect(try ExperimentResult.best(of: []) == nil)
    }

    @Test func theEarlierWinsATie() throws {
        let images = [[[5, 5], [0, 0]]]
        let results = try [7, 2, 4].map { try result("unet-binary-\($0)", images) }
        #expect(try ExperimentResult.best(of: results)?.experiment.number == 2)
    }

    @Test func whatIsStoredIsReadBack() throws {
        let stored = try result("segnet-multiclass-9", [[[8, 2], [1, 3]]])
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        #expect(try decoder.decode(ExperimentResult.self, from: encoder.encode(stored)) == stored)
    }

    @Test func matricesThatAreNoneAreRefused() throws {
        #expect(throws: TrainingError.self) { try result("unet-binary-1", [[[1, 2]]]).evaluation() }
        #expect(throws: TrainingError.self) { try result("unet-binary-1", [[[1, -2], [0, 0]]]).evaluation() }
        #expect(throws: TrainingError.self) { try result("unet-binary-1", [[[1]]]).evaluation() }
    }
}
