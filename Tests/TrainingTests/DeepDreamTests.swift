import Imaging
import NeuralNet
import Segmentation
import TestSupport
import Testing
import Training

/// A network that has learnt to find bright squares, once for all tests.
private enum SquareFinder {
    static let model = Result {
        let folder = try TemporaryFolder()
        let recipe = TrainingRecipe(
            architecture: ArchitectureDescription(UNet(inputChannels: 1, classes: 2, depth: 1, baseFilters: 8)),
            epochs: 25, batchSize: 4, learningRate: 3e-3, schedule: .cosine, seed: 7)
        let trainer = try Trainer(
            recipe: recipe, training: TrainerTests.Squares(count: 22, seed: 1),
            validation: TrainerTests.Squares(count: 6, seed: 2), data: "squares", folder: folder.url,
            backend: CPUBackend(threads: 1))
        let scores = try trainer.run().compactMap { $0.validation?.score }
        try #require(scores.max() ?? 0 > 0.9)
        return try SegmentationModel.load(trainer.bestModel.path)
    }
}

@Suite struct DeepDreamTests {
    let model: SegmentationModel

    init() throws { model = try SquareFinder.model.get() }

    func dreamer(_ options: DreamOptions = DreamOptions(iterations: 12)) throws -> DeepDream<CPUBackend> {
        try DeepDream(
            network: model.network, parameters: model.parameters, options: options, backend: CPUBackend(threads: 1))
    }

    /// The share of a picture's pixels that the model takes for a class.
    func share(of label: UInt8, in picture: Plane) throws -> Double {
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: CPUBackend(threads: 1),
            height: picture.height, width: picture.width)
        let input = try Tensor(picture.values, shape: session.plan.input.with(n: 1))
        let labels = try session.run(input).labels().labels
        return Double(labels.filter { $0 == label }.count) / Double(labels.count)
    }

    @Test(arguments: DreamObjective.allCases)
    func aDreamIsWhatTheNetworkLooksFor(objective: DreamObjective) throws {
        let dreamer = try dreamer(DreamOptions(objective: objective, iterations: 12))
        let infected = try dreamer.dream(of: 1, height: 48, width: 48)
        let healthy = try dreamer.dream(of: 0, height: 48, width: 48)
        for dream in [infected, healthy] {
            let first = try #require(dream.steps.first?.objective)
            let last = try #require(dream.steps.last?.objective)
            #expect(last > first, "\(objective), class \(dream.channel): \(first) → \(last)")
            #expect(dream.picture.values.allSatisfy { abs($0) <= 1 })
        }
        // Squares cover 14 % of the pictures it was trained on.
        let (many, few) = (try share(of: 1, in: infected.picture), try share(of: 1, in: healthy.picture))
        #expect(few < 0.02, "\(objective): \(few)")
        #expect(many > (objective == .probability ? 0.14 : few), "\(objective): \(many), \(few)")
    }

    @Test func theSeedDecidesThePicture() throws {
        let once = try dreamer().dream(of: 1, height: 32, width: 32).picture
        #expect(try dreamer().dream(of: 1, height: 32, width: 32).picture.values == once.values)
        let other = DreamOptions(iterations: 12, seed: 1)
        #expect(try dreamer(other).dream(of: 1, height: 32, width: 32).picture.values != once.values)
    }

    @Test func everyStepIsTold() throws {
        var told: [DreamProgress] = []
        let dream = try dreamer(DreamOptions(octaves: 3, scale: 2, iterations: 4))
            .dream(of: 1, height: 64, width: 32) { told.append($0) }
        #expect(told == dream.steps)
        #expect(told.map(\.octave) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
        #expect(told.map(\.iteration) == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4])
        #expect(told.map(\.height) == [16, 16, 16, 16, 32, 32, 32, 32, 64, 64, 64, 64])
        #expect(told.allSatisfy { $0.width * 2 == $0.height && $0.octaves == 3 })
    }

    /// A step so small that it changes nothing to speak of leaves the slice as it was: the pyramid costs no detail.
    @Test func theSliceKeepsItsDetail() throws {
        var random = RandomGenerator(seed: 5)
        let slice = try Plane((0..<1024).map { _ in Float(random.uniform()) * 2 - 1 }, height: 32, width: 32)
        let dream = try dreamer(DreamOptions(iterations: 2, stepSize: 1e-5)).dream(of: 1, from: slice)
        let found = difference(dream.picture.values, slice.values, atol: 1e-3, rtol: 0)
        #expect(found.isClose, "\(found)")
    }

    @Test func aCancelledDreamEnds() async throws {
        let dreamer = try dreamer()
        let outcome = await Task.detached {
            try dreamer.dream(of: 1, height: 32, width: 32) { progress in
                if progress.iteration == 3 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }.result
        #expect { try outcome.get() } throws: { ($0 as? TrainingError)?.code == .cancelled }
    }

    @Test func nonsenseIsRefused() throws {
        func code(_ body: () throws -> Void) -> TrainingError.Code? {
            do { try body() } catch { return (error as? TrainingError)?.code }
            return nil
        }
        let dreamer = try dreamer()
        #expect(code { _ = try dreamer.dream(of: 2, height: 32, width: 32) } == .invalidArgument)
        #expect(code { _ = try dreamer.dream(of: -1, height: 32, width: 32) } == .invalidArgument)
        #expect(code { _ = try dreamer.dream(of: 1, height: 33, width: 32) } == .invalidArgument)
        #expect(code { _ = try dreamer.dream(of: 1, height: 0, width: 32) } == .invalidArgument)
        #expect(code { _ = try Plane([1, 2, 3], height: 2, width: 2) } == .shapeMismatch)
        #expect(code { _ = try Plane([], height: 0, width: 2) } == .shapeMismatch)
        for options in [
            DreamOptions(octaves: 0), DreamOptions(scale: 1), DreamOptions(iterations: 0), DreamOptions(stepSize: .nan),
            DreamOptions(jitter: -1), DreamOptions(smoothing: -1), DreamOptions(bands: 0),
        ] {
            #expect(code { _ = try self.dreamer(options) } == .invalidArgument, "\(options)")
        }
    }

    @Test(arguments: DreamObjective.allCases)
    func objectivesHaveTheirGradients(objective: DreamObjective) throws {
        let logits = try Tensor.normal(Shape(n: 1, h: 3, w: 4, c: 4), seed: 2)
        let (_, gradient) = try objective.evaluate(logits, channel: 2)
        // Central differences of float32 values near 1, over steps of 1e-2: about 1e-5.
        for index in logits.values.indices {
            func moved(_ distance: Float) throws -> Double {
                var values = logits.values
                values[index] += distance
                return try objective.evaluate(Tensor(values, shape: logits.shape), channel: 2).value
            }
            let expected = try (moved(1e-2) - moved(-1e-2)) / 2e-2
            #expect(abs(Double(gradient.values[index]) - expected) < 3e-5, "element \(index)")
        }
    }

    @Test func planesKeepWhatTheyShould() throws {
        let ramp = try Plane((0..<600).map { Float($0 % 30) }, height: 20, width: 30)
        let larger = ramp.resized(to: 40, 60)
        // Bilinear: a ramp stays a ramp, off the edges; pixel x of the larger lies at x/2 − 1/4 of the smaller.
        for x in 2..<58 { #expect(abs(larger.values[20 * 60 + x] - (Float(x) / 2 - 0.25)) < 1e-4) }
        let smaller = ramp.resized(to: 10, 15)
        for x in 1..<14 { #expect(abs(smaller.values[5 * 15 + x] - (Float(x) * 2 + 0.5)) < 1e-4) }
        #expect(ramp.shifted(3, -7).shifted(-3, 7) == ramp)
        #expect(ramp.shifted(0, 1).values[1] == ramp.values[0])
        var random = RandomGenerator(seed: 5)
        let noise = try Plane((0..<4096).map { _ in Float(random.normal()) }, height: 64, width: 64)
        // White noise under a Gaussian of standard deviation σ keeps 1 / (2σ√π) of its own.
        let expected = noise.standardDeviation / (2 * 1.5 * Double.pi.squareRoot())
        #expect(abs(noise.smoothed(1.5).standardDeviation / expected - 1) < 0.1)
        // White noise has ever less in ever coarser bands; equalized, half of its power is coarser than 2 pixels' Gaussian.
        let coarse =
            noise.equalized(bands: 4).smoothed(2).standardDeviation / noise.equalized(bands: 4).standardDeviation
        #expect(coarse > 3 * noise.smoothed(2).standardDeviation / noise.standardDeviation, "\(coarse)")
        #expect(abs(noise.equalized(bands: 1).standardDeviation - 1) < 1e-4)
    }
}
