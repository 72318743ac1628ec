import CUDATestSupport
import Foundation
import NeuralNet
import NeuralNetCUDA
import Segmentation
import TestSupport
import Testing
import Training

@Suite struct TrainerTests {
    /// Bright squares on noise; `brokenAt` puts a NaN into one example.
    struct Squares: ExampleSource {
        let count: Int
        let seed: UInt64
        var brokenAt: Int?
        let height = 16
        let width = 16

        func name(of index: Int) -> String { "square \(index)" }

        func example(_ index: Int, epoch: Int) throws(TrainingError) -> TrainingExample {
            var generator = RandomGenerator(seed: seed, stream: "\(index)")
            let (top, left) = (Int(generator.uniform() * 10), Int(generator.uniform() * 10))
            var image = (0..<256).map { _ in Float(generator.normal()) * 0.3 }
            var labels = [UInt8](repeating: 0, count: 256)
            for row in top..<(top + 6) {
                for column in left..<(left + 6) {
                    image[row * 16 + column] += 1
                    labels[row * 16 + column] = 1
                }
            }
            if index == brokenAt { image[7] = .nan }
            return TrainingExample(image: image, labels: labels)
        }
    }

    let recipe = TrainingRecipe(
        architecture: ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 8)),
        epochs: 5, batchSize: 4, learningRate: 3e-3, schedule: .cosine, seed: 7)

    func trainer(_ folder: TemporaryFolder, _ recipe: TrainingRecipe? = nil, brokenAt: Int? = nil) throws
        -> Trainer<CPUBackend>
    {
        try Trainer(
            recipe: recipe ?? self.recipe, training: Squares(count: 22, seed: 1, brokenAt: brokenAt),
            validation: Squares(count: 6, seed: 2), data: "squares", folder: folder.url,
            backend: CPUBackend(threads: 1))
    }

    @Test func learnsAndKeepsTheBest() throws {
        let folder = try TemporaryFolder()
        var longer = recipe
        longer.epochs = 25
        let trainer = try trainer(folder, longer)
        let history = try trainer.run()
        #expect(history.map(\.epoch) == Array(1...25))
        #expect(history.map(\.step) == (1...25).map { $0 * 5 })
        let scores = history.compactMap { $0.validation?.score }
        let best = try #require(scores.max())
        #expect(best > 0.9)
        let model = try SegmentationModel.load(trainer.bestModel.path)
        let chosen = try #require(model.metadata["epoch"].flatMap { Int($0) })
        #expect(history[chosen - 1].validation?.score == best)
    }

    @Test func aResumedRunEqualsAnUninterruptedOne() async throws {
        let whole = try TemporaryFolder()
        let expected = try trainer(whole).run()

        let folder = try TemporaryFolder()
        let interrupted = try trainer(folder)
        // A task of its own, so that it can be cancelled without the test.
        let outcome = await Task.detached {
            try interrupted.run { event in
                if case .batch(epoch: 3, batch: 2, _, _) = event { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.result
        #expect { try outcome.get() } throws: { ($0 as? TrainingError)?.code == .cancelled }
        // What a kill between history and checkpoint, and one in the middle of a line, leave behind.
        let history = folder.url.appending(path: "history.jsonl")
        var lines = try String(contentsOf: history, encoding: .utf8)
        let last = try #require(lines.split(separator: "\n").last)
        lines += last.replacing("\"epoch\":2", with: "\"epoch\":3") + "\n{\"epoch\":"
        try lines.write(to: history, atomically: false, encoding: .utf8)

        let resumed = try trainer(folder).run()
        #expect(resumed.map(withoutTime) == expected.map(withoutTime))
        for file in ["checkpoint.safetensors", "best.safetensors"] {
            let equal =
                try Data(contentsOf: whole.url.appending(path: file))
                == Data(contentsOf: folder.url.appending(path: file))
            #expect(equal, "\(file) differs")
        }
    }

    /// A run that a CPU began goes on on a GPU, here a stand-in, and the other way round.
    @Test func anotherDeviceGoesOn() async throws {
        let libraries = try StandInLibraries()
        do {
            let gpu = try CUDABackend(libraries.options())
            let cpu = try CPUBackend(threads: 1)
            let whole = try TemporaryFolder()
            let expected = try trainer(whole).run()
            let folder = try TemporaryFolder()
            func run<B: Backend>(on backend: B) throws -> Trainer<B> {
                try Trainer(
                    recipe: recipe, training: Squares(count: 22, seed: 1), validation: Squares(count: 6, seed: 2),
                    data: "squares", folder: folder.url, backend: backend)
            }
            await stop(after: 2, try run(on: cpu))
            await stop(after: 3, try run(on: gpu))
            let history = try run(on: cpu).run()
            let devices = [cpu.description, cpu.description, gpu.description, cpu.description, cpu.description]
            #expect(history.map(\.device) == devices)
            #expect(history.map(\.step) == expected.map(\.step))
            for (found, expected) in zip(history, expected) {
                #expect(abs(found.loss - expected.loss) < 1e-3 * expected.loss)
            }
        }
        #expect(libraries.violations == "")
        #expect(libraries.leaks == 0)
    }

    /// Runs until an epoch's end, in a task of its own that is cancelled there.
    func stop<B: Backend>(after epoch: Int, _ trainer: Trainer<B>) async {
        let outcome = await Task.detached {
            try trainer.run { event in
                if case .epoch(let record) = event, record.epoch == epoch { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.result
        #expect { try outcome.get() } throws: { ($0 as? TrainingError)?.code == .cancelled }
    }

    /// TFRecords: 8 bytes of length, 4 of checksum, content, 4 of checksum; the first holds the file's version. That
    /// TensorBoard reads the file was tried with tensorboard's own event loader.
    @Test func tensorBoardFindsARecordPerEpoch() throws {
        let folder = try TemporaryFolder()
        _ = try trainer(folder).run()
        let bytes = try Data(contentsOf: folder.url.appending(path: "events.out.tfevents.lungtriage"))
        var records: [Data] = []
        var place = 0
        while place < bytes.count {
            let length = bytes[place..<(place + 8)].reversed().reduce(0) { $0 << 8 | Int($1) }
            records.append(bytes[(place + 12)..<(place + 12 + length)])
            place += length + 16
        }
        #expect(records.count == 1 + recipe.epochs)
        #expect(records[0].range(of: Data("brain.Event:2".utf8)) != nil)
        #expect(records[1].range(of: Data("validation/Dice, class 1".utf8)) != nil)
    }

    @Test func aRunMayStartFromAModel() throws {
        let first = try TemporaryFolder()
        let teacher = try trainer(first)
        let taught = try teacher.run()
        var next = recipe
        next.startingModel = "teacher"
        let folder = try TemporaryFolder()
        let pupil = try Trainer(
            recipe: next, training: Squares(count: 22, seed: 1), validation: Squares(count: 6, seed: 2),
            data: "squares", folder: folder.url, startingModel: SegmentationModel.load(teacher.bestModel.path),
            backend: CPUBackend(threads: 1))
        let history = try pupil.run()
        #expect(history[0].loss < 0.7 * taught[0].loss, "\(history[0].loss) after \(taught[0].loss)")
    }

    @Test func aFinishedRunIsNotRepeated() throws {
        let folder = try TemporaryFolder()
        let history = try trainer(folder).run()
        var batches = 0
        let again = try trainer(folder).run { if case .batch = $0 { batches += 1 } }
        #expect(again == history)
        #expect(batches == 0)
    }

    @Test func aNaNStopsTheRunAndNamesTheBatch() throws {
        let folder = try TemporaryFolder()
        do {
            _ = try trainer(folder, brokenAt: 3).run()
            Issue.record("The run went on.")
        } catch let error as TrainingError {
            #expect(error.code == .diverged)
            #expect(error.message.contains("square 3"), "\(error)")
        }
    }

    @Test func anotherRecipeDoesNotOverwriteARun() throws {
        let folder = try TemporaryFolder()
        _ = try trainer(folder)
        var other = recipe
        other.learningRate = 1
        #expect {
            try trainer(folder, other)
        } throws: {
            ($0 as? TrainingError)?.code == .runMismatch
        }
    }

    func withoutTime(_ record: EpochRecord) -> EpochRecord {
        var record = record
        record.seconds = 0
        return record
    }
}
