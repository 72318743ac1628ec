import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing
import Training

/// The study on small made-up slices: what is finished stays, what was interrupted goes on to the same bits.
@Suite struct StudyTests {
    let folder: TemporaryFolder
    let data: StudyData
    let experiments: [PaperExperiment]

    init() throws {
        folder = try TemporaryFolder()
        try SyntheticSlices.write(to: folder.url)
        data = try StudyData(folder: folder.url)
        experiments = try PaperExperiment.selection(["segnet-multiclass-1", "unet-binary-4"])
    }

    func study(_ output: String, data: StudyData? = nil, epochs: Int = 2) throws -> Study<CPUBackend> {
        Study(
            data: data ?? self.data, settings: try StudySettings(baseFilters: 2, epochs: epochs, size: 32),
            output: folder.url.appending(path: output), command: "test", backend: try CPUBackend(threads: 1))
    }

    func runFolder(_ output: String, _ name: String) -> URL {
        folder.url.appending(path: "\(output)/runs/\(name)_base2_epochs2_size32")
    }

    func result(_ output: String, _ name: String) throws -> ExperimentResult {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let file = runFolder(output, name).appending(path: "evaluation.json")
        return try decoder.decode(ExperimentResult.self, from: Data(contentsOf: file))
    }

    /// Every file's bytes and time of change.
    func state(of folder: URL) throws -> [String: [String]] {
        let manager = FileManager.default
        var state: [String: [String]] = [:]
        for name in try manager.contentsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: name)
            let changed = try manager.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
            state[name] = [
                "\(changed?.timeIntervalSinceReferenceDate ?? 0)", "\(try Data(contentsOf: file).hashValue)",
            ]
        }
        return state
    }

    @Test func aStoppedStudyGoesOnWhereItStopped() async throws {
        let diverged = try study("whole").run(experiments)
        #expect(diverged.isEmpty)

        let interrupted = try study("parts")
        let second = experiments[1]
        let outcome = await Task.detached { [experiments] in
            try interrupted.run(experiments) { event in
                if case .training(second, .batch(epoch: 2, batch: 1, _, _)) = event {
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }.result
        #expect { try outcome.get() } throws: { ($0 as? TrainingError)?.code == .cancelled }
        let first = runFolder("parts", "segnet-multiclass-1")
        let before = try state(of: first)
        #expect(before.keys.contains("evaluation.json"))
        #expect(before.keys.contains("checkpoint.safetensors") == false, "a finished run's checkpoint is waste")
        #expect(try study("parts").isFinished(experiments[0]))
        #expect(try study("parts").isFinished(second) == false)

        var started: [PaperExperiment] = []
        var firstBatch: Int?
        _ = try study("parts").run(experiments) { event in
            switch event {
            case .started(let experiment): started.append(experiment)
            case .training(_, .batch(let epoch, _, _, _)): firstBatch = firstBatch ?? epoch
            default: break
            }
        }
        #expect(started == [second])
        #expect(firstBatch == 2)
        #expect(try state(of: first) == before)
        for name in experiments.map(\.name) {
            for file in ["last.safetensors", "predictions.nii.gz"] {
                let (one, other) = (runFolder("whole", name), runFolder("parts", name))
                let equal =
                    try Data(contentsOf: one.appending(path: file)) == Data(contentsOf: other.appending(path: file))
                #expect(equal, "\(name): \(file) differs")
            }
            #expect(try result("whole", name).images == result("parts", name).images)
        }
    }

    @Test func theLastModelIsEvaluatedOnWholeTestSlices() throws {
        _ = try study("out").run([experiments[1]])
        let result = try result("out", "unet-binary-4")
        #expect(result.images.map(\.slice) == [14, 15, 16])
        let pixels = SyntheticSlices.side * SyntheticSlices.side
        #expect(result.images.allSatisfy { $0.confusion.joined().reduce(0, +) == pixels })
        let file = runFolder("out", "unet-binary-4").appending(path: "last.safetensors")
        let model = try SegmentationModel.load(file.path)
        #expect(model.metadata["epoch"] == "2")
        var evaluation = Evaluation(classes: 2)
        try evaluation.add(
            data.volume, slices: [14, 15, 16], task: .binary,
            segmenter: VolumeSegmenter(model, backend: CPUBackend(threads: 1)))
        #expect(evaluation.images.map(\.rows) == result.images.map(\.confusion))
        #expect(result.recipe.batchSize == 8)
        #expect(result.recipe.learningRate == 5e-4)
        #expect(result.recipe.schedule == .constant)
    }

    @Test func classWeightsAreMedianFrequencyWeights() throws {
        _ = try study("out").run([experiments[0]])
        let weights = try #require(try result("out", "segnet-multiclass-1").recipe.classWeights)
        var frequencies = ClassFrequencies(classes: 4)
        var selection = TrainingData(
            .init(task: .multiclass, preparation: InputPreparation(crop: .wholeSlice, height: 32, width: 32)))
        try selection.add(data.slices)
        for slice in selection.training { try frequencies.add(image: slice.labels) }
        #expect(weights == frequencies.medianFrequencyWeights)
        #expect(weights[3] == 0, "there is no effusion")
    }

    @Test func aRunOfOtherDataIsRefused() throws {
        _ = try study("out").run([experiments[1]])
        let other = folder.url.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try SyntheticSlices.write(to: other, seed: 2)
        let study = try study("out", data: try StudyData(folder: other))
        #expect {
            _ = try study.run([experiments[1]])
        } throws: {
            ($0 as? TrainingError)?.code == .runMismatch
        }
        #expect(try result("out", "unet-binary-4").data.isEmpty == false)
    }

    @Test func anUnreadableResultIsSaidAndKept() throws {
        _ = try study("out").run([experiments[1]])
        let file = runFolder("out", "unet-binary-4").appending(path: "evaluation.json")
        try Data("{".utf8).write(to: file)
        #expect { _ = try study("out").run([experiments[1]]) } throws: { ($0 as? TrainingError)?.code == .fileAccess }
        #expect(try Data(contentsOf: file) == Data("{".utf8))
    }
}
