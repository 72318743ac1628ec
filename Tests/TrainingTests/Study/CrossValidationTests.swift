import Foundation
import Imaging
import NeuralNet
import Segmentation
import TestSupport
import Testing
import Training

/// Cross-validation on small made-up patients: nobody is seen before being evaluated, everybody is evaluated once, and what was
/// stopped goes on.
@Suite struct CrossValidationTests {
    let folder: TemporaryFolder
    let backend: CPUBackend

    init() throws {
        folder = try TemporaryFolder()
        backend = try CPUBackend(threads: 1)
        try SyntheticPatients.write(to: folder.url)
    }

    func validation(
        _ output: String, data: URL? = nil, folds: Int = 3, task: SegmentationTask = .binary, epochs: Int = 1,
        medseg: MedSegSlices? = nil
    ) throws -> CrossValidation<CPUBackend> {
        let preparation = InputPreparation(crop: .wholeSlice, height: 16, width: 16)
        let network = UNet(inputChannels: 1, classes: task.classes, depth: 1, baseFilters: 2)
        let sources = TrainingSources(
            medseg: medseg.map { ($0, nil) }, volumes: try LesionVolumes(folder: data ?? folder.url))
        return try CrossValidation(
            PatientFolds(SyntheticPatients.names, count: folds), of: sources,
            // What it says about volumes is the folds' business.
            selection: TrainingData.Selection(
                task: task, preparation: preparation, validationVolumes: ["ann"], testVolumes: ["bob"]),
            setup: TrainingSetup(
                task: task, preparation: preparation,
                recipe: TrainingRecipe(
                    architecture: ArchitectureDescription(network), epochs: epochs, batchSize: 2, learningRate: 1e-2,
                    seed: 3)),
            output: folder.url.appending(path: output), command: "test", backend: backend)
    }

    /// With validation slices, which folds leave alone.
    func medseg() throws -> MedSegSlices {
        let medseg = folder.url.appending(path: "medseg")
        try FileManager.default.createDirectory(at: medseg, withIntermediateDirectories: true)
        try SyntheticSlices.write(to: medseg)
        return try MedSegSlices(folder: medseg)
    }

    /// The network's labels as they are.
    func prediction(_ name: String = "raw") -> CrossValidation<CPUBackend>.Prediction {
        CrossValidation.Prediction(name: name) { [backend] model in
            let segmenter = try VolumeSegmenter(model, backend: backend)
            return { set in try segmenter.labels(of: set.volume.ct, slices: set.slices) }
        }
    }

    func file(_ output: String, _ fold: Int, _ name: String) -> URL {
        folder.url.appending(path: "\(output)/fold-\(fold)/\(name)")
    }

    func equal(_ name: String, _ fold: Int, _ one: String, _ other: String) throws -> Bool {
        try Data(contentsOf: file(one, fold, name)) == Data(contentsOf: file(other, fold, name))
    }

    @Test(arguments: [SegmentationTask.binary, .lungs])
    func everyPatientIsEvaluatedOnce(task: SegmentationTask) throws {
        let result = try validation("out", task: task).run(prediction())
        #expect(result.patients.map(\.name) == ["ann", "dan", "bob", "eve", "cid"])
        #expect(result.patients.map(\.fold) == [1, 1, 2, 2, 3])
        #expect(result.missing.isEmpty)
        let pixels = SyntheticPatients.side * SyntheticPatients.side
        #expect(result.patients.allSatisfy { $0.evaluation.images.map(\.pixels) == [pixels, pixels, pixels] })
        #expect(result.pooled.images.count == 15)
        let positives = task == .binary ? 12 : 100
        #expect(
            result.pooled.images.allSatisfy {
                $0[actual: 1, predicted: 0] + $0[actual: 1, predicted: 1] == positives
            })
    }

    @Test func nobodyIsTrainedOnAndEvaluated() throws {
        let validation = try validation("out", medseg: medseg())
        for group in validation.folds.groups {
            let names = try validation.trainingData(without: group).training.map(\.name)
            for patient in SyntheticPatients.names {
                let slices = names.count { $0.hasPrefix("\(patient) ") }
                #expect(slices == (group.contains(patient) ? 0 : 4), "\(patient), evaluated in \(group)")
            }
            #expect(names.filter { $0.hasPrefix("MedSeg") } == (0..<12).map { "MedSeg slice \($0)" })
        }
    }

    /// The same from outside: a fold's model does not depend on the patients that it is evaluated on.
    @Test func aPatientDoesNotChangeItsOwnModel() throws {
        let other = folder.url.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try SyntheticPatients.write(to: other, changed: ["bob"])
        let one = try validation("one").run(prediction())
        let two = try validation("two", data: other).run(prediction())
        #expect(one != two)
        #expect(try equal("last.safetensors", 2, "one", "two"), "bob's model has seen bob")
        #expect(try !equal("last.safetensors", 1, "one", "two"))
        #expect(try !equal("last.safetensors", 3, "one", "two"))
        // The results in the folder are those of other patients now.
        #expect {
            _ = try validation("one", data: other).run(prediction())
        } throws: {
            ($0 as? TrainingError)?.code == .runMismatch
        }
    }

    @Test func theLastModelCountsWithoutValidation() throws {
        _ = try validation("out", epochs: 2, medseg: medseg()).run(prediction())
        let model = try SegmentationModel.load(file("out", 1, "last.safetensors").path)
        #expect(model.metadata["epoch"] == "2")
        #expect(model.metadata["task"] == "binary")
        let history = try String(contentsOf: file("out", 1, "history.jsonl"), encoding: .utf8)
        #expect(history.split(separator: "\n").count == 2)
        #expect(!history.contains("dice"), "\(history)")
        #expect(!FileManager.default.fileExists(atPath: file("out", 1, "checkpoint.safetensors").path))
    }

    @Test func aStoppedCrossValidationGoesOn() async throws {
        let whole = try validation("whole", epochs: 2).run(prediction())
        let interrupted = try validation("parts", epochs: 2)
        let outcome = await Task.detached { [prediction = prediction()] in
            try interrupted.run(prediction) { event in
                if case .training(fold: 2, .batch(epoch: 2, batch: 1, _, _)) = event {
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }.result
        #expect { try outcome.get() } throws: { ($0 as? TrainingError)?.code == .cancelled }
        let stored = try CrossValidationResult(folder: folder.url.appending(path: "parts"))
        #expect(stored.missing == [2, 3])
        #expect(stored.patients == Array(whole.patients.prefix(2)))

        var done: [Int] = []
        var firstEpochs: [Int: Int] = [:]
        let result = try validation("parts", epochs: 2).run(prediction()) { event in
            switch event {
            case .alreadyFinished(let result): done.append(result.fold)
            case .training(let fold, .batch(let epoch, _, _, _)): firstEpochs[fold] = firstEpochs[fold] ?? epoch
            default: break
            }
        }
        #expect(done == [1])
        #expect(firstEpochs == [2: 2, 3: 1])
        #expect(result == whole)
        for fold in 1...3 { #expect(try equal("last.safetensors", fold, "whole", "parts"), "fold \(fold)") }
        #expect(try CrossValidationResult(folder: folder.url.appending(path: "parts")) == whole)
    }

    @Test func anotherPredictionIsEvaluatedWithoutTraining() throws {
        _ = try validation("out").run(prediction())
        var trained = false
        var evaluated: [Int] = []
        let everything = CrossValidation<CPUBackend>.Prediction(name: "everything is infected") { _ in
            { set in
                try LabelVolume(
                    grid: set.volume.ct.grid, voxels: [UInt8](repeating: 1, count: set.volume.ct.voxels.count))
            }
        }
        let result = try validation("out").run(everything) { event in
            if case .training = event { trained = true }
            if case .evaluating(let fold) = event { evaluated.append(fold) }
        }
        #expect(!trained)
        #expect(evaluated == [1, 2, 3])
        #expect(result.pooled.pooled(.sensitivity, of: 1) == 1)
        #expect(try CrossValidationResult(folder: folder.url.appending(path: "out")) == result)
    }

    @Test func whatCannotBeValidatedIsRefused() throws {
        func code(_ body: () throws -> Void) -> TrainingError.Code? {
            do { try body() } catch { return (error as? TrainingError)?.code }
            return nil
        }
        // Which kind of lesion the patients have is not known.
        #expect(code { _ = try validation("out", task: .multiclass) } == .invalidArgument)
        #expect(code { _ = try validation("out", folds: 1) } == .invalidArgument)
        #expect(code { _ = try validation("out", folds: 6) } == .invalidArgument)
        let fewer = folder.url.appending(path: "fewer")
        try FileManager.default.createDirectory(at: fewer, withIntermediateDirectories: true)
        try SyntheticPatients.write(["ann", "bob"], to: fewer)
        #expect(code { _ = try validation("out", data: fewer) } == .invalidArgument)
        #expect(code { _ = try CrossValidationResult(folder: fewer) } == .malformedDataSet)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
}

@Suite struct PatientFoldsTests {
    @Test func patientsAreDealt() throws {
        let patients = ["a", "b", "c", "d", "e"]
        #expect(try PatientFolds(patients, count: 2).groups == [["a", "c", "e"], ["b", "d"]])
        #expect(try PatientFolds(patients, count: 2, dealing: .contiguous).groups == [["a", "b"], ["c", "d", "e"]])
        #expect(try PatientFolds(patients, count: 5, dealing: .contiguous).groups == patients.map { [$0] })
        #expect(throws: TrainingError.self) { try PatientFolds(["a", "b", "a"], count: 2) }
    }
}

@Suite struct CrossValidationResultTests {
    func fold(_ fold: Int, of folds: Int = 2, prediction: String = "raw", _ patients: [String: [[[Int]]]]) -> FoldResult
    {
        let network = UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 2)
        return FoldResult(
            fold: fold, folds: folds, task: .binary,
            recipe: TrainingRecipe(
                architecture: ArchitectureDescription(network), epochs: 1, batchSize: 1, learningRate: 1,
                classWeights: [1, Float(fold)]),
            data: "fold \(fold)", prediction: prediction,
            patients: patients.sorted { $0.key < $1.key }.map { name, images in
                FoldResult.Patient(
                    name: name, images: images.map { ExperimentResult.Image(slice: 0, confusion: $0) })
            },
            provenance: .init(command: "", machine: "", finished: Date(timeIntervalSince1970: 0), trainingSeconds: 0))
    }

    /// By hand: ann's Dice is 2·8 / (2·8 + 2 + 2) = 0.8 over both slices, bob's 2·1 / (2·1 + 1 + 1) = 0.5; pooled
    /// 2·9 / (2·9 + 3 + 3) = 0.75; the mean of the patients is 0.65.
    @Test func figuresByHand() throws {
        let result = try CrossValidationResult([
            fold(2, ["bob": [[[7, 1], [1, 1]]]]),
            fold(1, ["ann": [[[10, 0], [0, 8]], [[5, 2], [2, 0]]]]),
        ])
        #expect(result.patients.map(\.name) == ["ann", "bob"])
        #expect(result.patients.map { $0.evaluation.pooled(.dice, of: 1) } == [0.8, 0.5])
        #expect(result.patients.map { $0.evaluation.perImage(.dice, of: 1).mean } == [0.5, 0.5])
        #expect(result.pooled.pooled(.dice, of: 1) == 0.75)
        #expect(result.pooled.pooled(.sensitivity, of: 1) == 0.75)
        #expect(result.pooled.pooled(.specificity, of: 1) == 22.0 / 25)
        #expect(result.perPatient(.dice, of: 1).mean == 0.65)
        #expect(result.perPatient(.sensitivity, of: 1).mean == 0.65)
    }

    @Test func anUndefinedScoreCountsForNothing() throws {
        let result = try CrossValidationResult([
            fold(1, ["ann": [[[10, 0], [0, 8]]]]), fold(2, ["bob": [[[9, 0], [0, 0]]]]),
        ])
        #expect(result.perPatient(.dice, of: 1).mean == 1)
        #expect(result.perPatient(.dice, of: 1).undefined == 1)
    }

    @Test func foldsOfDifferentKindsAreNotMixed() {
        let image = [[[1, 0], [0, 1]]]
        let first = fold(1, ["ann": image])
        for other in [
            fold(2, prediction: "cleaned", ["bob": image]), fold(2, of: 3, ["bob": image]), fold(2, ["ann": image]),
            fold(1, ["bob": image]), fold(3, ["bob": image]),
        ] {
            #expect { _ = try CrossValidationResult([first, other]) } throws: {
                ($0 as? TrainingError)?.code == .runMismatch
            }
        }
        #expect(throws: Never.self) { try CrossValidationResult([first, fold(2, ["bob": image])]) }
    }
}
