import CUDATestSupport
import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// A golden network ready to train on its golden batch.
struct GoldenTraining<B: Backend> {
    let golden: Golden
    let input: Tensor
    let labels: LabelMap
    let session: TrainingSession<B>

    init(_ name: String, on backend: B, optimizer: Adam = Adam(), rate: Double = 0) throws {
        let model = try SegmentationModel.load(Golden.path("\(name).safetensors"))
        golden = try Golden("\(name).io.safetensors")
        input = try golden.tensor("input")
        labels = try golden.labels("labels")
        let loss = Loss.crossEntropy(classWeights: try golden.floats("class_weights"), ignoring: 255)
        session = try TrainingSession(
            network: model.network, parameters: model.parameters, backend: backend, batch: input.shape.n,
            height: input.shape.h, width: input.shape.w,
            options: .init(loss: loss, optimizer: optimizer, schedule: .constant(rate)))
    }
}

@Suite("Whole networks against PyTorch, training")
struct GoldenTrainingTests {
    static let names = ["unet", "unet_plain", "segnet"]

    // The reference is float64. Batch normalisation divides by standard deviations, so that rounding errors of some ten
    // float32 layers and Winograd convolutions reach about 1e-5 of the values.
    @Test("logits and loss", arguments: TestDevice.native, names)
    func forward(on test: TestDevice, name: String) throws { try test.run { try forward($0, on: test, name) } }

    private func forward<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let tolerance = Tolerance(test)
        let prepared = try GoldenTraining(name, on: backend)
        let logits = try prepared.session.forward(prepared.input)
        let expected = try prepared.golden.floats("logits.train")
        #expect(
            relativeError(logits.planes(), expected)
                < tolerance.relativeError(3e-5, roundings: name == "segnet" ? Tolerance.kinks : Tolerance.network))
        if TestDevice.float32.contains(test) {
            let found = difference(logits.planes(), expected, atol: 5e-5, rtol: 5e-5)
            #expect(found.isClose, "\(found)")
        }
        let loss = try prepared.session.computeGradients(prepared.input, labels: prepared.labels).loss
        #expect(
            abs(loss / Double(try prepared.golden.floats("loss")[0]) - 1)
                < tolerance.relativeError(1e-5, roundings: Tolerance.network))
    }

    // A gradient sums over all pixels with both signs: its error is judged against the largest element of the tensor.
    // A bias before a normalisation has the true gradient 0, which float64 meets up to 1e-17: hence the small addend.
    @Test("the gradient of every parameter", arguments: TestDevice.native, names)
    func gradients(on test: TestDevice, name: String) throws { try test.run { try gradients($0, on: test, name) } }

    private func gradients<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let tolerance = Tolerance(test)
        let prepared = try GoldenTraining(name, on: backend)
        _ = try prepared.session.computeGradients(prepared.input, labels: prepared.labels)
        var (gradient, golden): ([Float], [Float]) = ([], [])
        for spec in prepared.session.network.parameters where spec.role.isTrainable {
            let expected = try prepared.golden.floats("grad.\(spec.name)")
            let found = try prepared.session.gradient(spec.name)
            gradient += found
            golden += expected
            // In less than float32 values cross kinks, and single elements change by as much as they are.
            guard TestDevice.float32.contains(test) else { continue }
            let scale = expected.map(abs).max() ?? 0
            let difference = difference(found, expected, atol: 1e-4 * scale + 1e-7, rtol: 1e-4)
            #expect(difference.isClose, "\(spec.name): \(difference)")
        }
        let error = relativeError(gradient, golden)
        #expect(error < tolerance.relativeError(1e-4, roundings: Tolerance.kinks))
    }

    // Means and variances over 3072 values and more: float32 rounding averages out.
    @Test("running statistics after one step", arguments: TestDevice.native, ["unet", "segnet"])
    func runningStatistics(on test: TestDevice, name: String) throws {
        try test.run { try runningStatistics($0, on: test, name) }
    }

    private func runningStatistics<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let tolerance = Tolerance(test)
        let prepared = try GoldenTraining(name, on: backend)
        let before = try prepared.session.parameters()
        try prepared.session.step(prepared.input, labels: prepared.labels)
        let after = try prepared.session.parameters()
        for spec in after.specs {
            switch spec.role {
            case .runningMean, .runningVariance:
                let found = tolerance.difference(
                    try after.values(spec.name), try prepared.golden.floats("after.\(spec.name)"), atol: 2e-6,
                    rtol: 2e-5)
                #expect(found.isClose, "\(spec.name): \(found)")
            case .batchesTracked:
                #expect(try after.counter(spec.name) == before.counter(spec.name) + 1)
            case .weight, .bias, .gamma, .beta:
                // The learning rate is 0.
                #expect(try after.values(spec.name) == before.values(spec.name), "\(spec.name)")
            }
        }
    }
}

@Suite("Ten Adam steps against PyTorch")
struct GoldenAdamTests {
    struct Runs: Decodable {
        let runs: [String: Run]
    }

    struct Run: Decodable {
        let learningRate: Double
        let weightDecay: Float
        let clipNorm: Float?
        let losses: [Double]
        let gradientNorms: [Double]
        let finalNorms: [String: Double]

        private enum CodingKeys: String, CodingKey {
            case learningRate = "learning_rate"
            case weightDecay = "weight_decay"
            case clipNorm = "clip_norm"
            case losses
            case gradientNorms = "gradient_norms"
            case finalNorms = "final_norms"
        }
    }

    static let settings = ["plain", "l2", "strong_l2", "clipped", "tightly_clipped_l2"]

    // 1e-4 relative is what the engine promises for the losses. After the first steps a few values lie so close to a kink of
    // ReLU or pooling that float32 and float64 see different sides, and each changes the gradient by a whole term: with
    // exact convolutions in float32 the norms differ by up to 2e-3, hence 1e-2 for them.
    @Test("losses, gradient norms and final parameters", arguments: TestDevice.native, settings)
    func tenSteps(on test: TestDevice, setting: String) throws { try test.run { try tenSteps($0, on: test, setting) } }

    private func tenSteps<B: Backend>(_ backend: B, on test: TestDevice, _ setting: String) throws {
        let tolerance = Tolerance(test)
        let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path("adam.json")))
        let run = try #require(try JSONDecoder().decode(Runs.self, from: data).runs[setting])
        let prepared = try GoldenTraining(
            "unet", on: backend, optimizer: Adam(l2: run.weightDecay, clipNorm: run.clipNorm), rate: run.learningRate)
        for (step, expected) in run.losses.enumerated() {
            let result = try prepared.session.step(prepared.input, labels: prepared.labels)
            #expect(
                abs(result.loss.loss / expected - 1)
                    < tolerance.relativeError(1e-4, roundings: Tolerance.network),
                "step \(step): \(result.loss.loss), expected \(expected)")
            let norm = run.gradientNorms[step]
            #expect(
                abs(result.gradientNorm / norm - 1)
                    < tolerance.relativeError(1e-2, roundings: Tolerance.kinks),
                "step \(step): \(result.gradientNorm), expected \(norm)")
        }
        let parameters = try prepared.session.parameters()
        for (name, expected) in run.finalNorms {
            let values = try parameters.values(name)
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            // Adam moves an element whose gradient is mere rounding by a full step of either sign: 1e-3 each of ten times.
            let bound = tolerance.relativeError(1e-3, roundings: Tolerance.network) * expected + 1e-4
            #expect(abs(norm - expected) < bound, "\(name): \(norm), expected \(expected)")
        }
    }
}
