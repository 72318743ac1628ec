import Foundation
import NeuralNet
import Segmentation
import TestSupport
import Testing

/// A golden network ready to train on its golden batch.
struct GoldenTraining {
    let golden: Golden
    let input: Tensor
    let labels: LabelMap
    let session: TrainingSession<CPUBackend>

    init(_ name: String, optimizer: Adam = Adam(), rate: Double = 0, threads: Int = 2) throws {
        let model = try SegmentationModel.load(Golden.path("\(name).safetensors"))
        golden = try Golden("\(name).io.safetensors")
        input = try golden.tensor("input")
        labels = try golden.labels("labels")
        let loss = Loss.crossEntropy(classWeights: try golden.floats("class_weights"), ignoring: 255)
        session = try TrainingSession(
            network: model.network, parameters: model.parameters, backend: try CPUBackend(threads: threads),
            batch: input.shape.n, height: input.shape.h, width: input.shape.w,
            options: .init(loss: loss, optimizer: optimizer, schedule: .constant(rate)))
    }
}

@Suite("Whole networks against PyTorch, training")
struct GoldenTrainingTests {
    static let names = ["unet", "unet_plain", "segnet"]

    // The reference is float64. Batch normalisation divides by standard deviations, so that rounding errors of some ten
    // float32 layers and Winograd convolutions reach about 1e-5 of the values.
    @Test("logits and loss", arguments: names)
    func forward(name: String) throws {
        let case_ = try GoldenTraining(name)
        let logits = try case_.session.forward(case_.input)
        let found = difference(logits.planes(), try case_.golden.floats("logits.train"), atol: 5e-5, rtol: 5e-5)
        #expect(found.isClose, "\(found)")
        let loss = try case_.session.computeGradients(case_.input, labels: case_.labels).loss
        #expect(abs(loss / Double(try case_.golden.floats("loss")[0]) - 1) < 1e-5)
    }

    // A gradient sums over all pixels with both signs: its error is judged against the largest element of the tensor.
    // A bias before a normalisation has the true gradient 0, which float64 meets up to 1e-17: hence the small addend.
    @Test("the gradient of every parameter", arguments: names)
    func gradients(name: String) throws {
        let case_ = try GoldenTraining(name)
        _ = try case_.session.computeGradients(case_.input, labels: case_.labels)
        for spec in case_.session.network.parameters where spec.role.isTrainable {
            let expected = try case_.golden.floats("grad.\(spec.name)")
            let scale = expected.map(abs).max() ?? 0
            let found = difference(
                try case_.session.gradient(spec.name), expected, atol: 1e-4 * scale + 1e-7, rtol: 1e-4)
            #expect(found.isClose, "\(spec.name): \(found)")
        }
    }

    // Means and variances over 3072 values and more: float32 rounding averages out.
    @Test("running statistics after one step", arguments: ["unet", "segnet"])
    func runningStatistics(name: String) throws {
        let case_ = try GoldenTraining(name)
        let before = try case_.session.parameters()
        try case_.session.step(case_.input, labels: case_.labels)
        let after = try case_.session.parameters()
        for spec in after.specs {
            switch spec.role {
            case .runningMean, .runningVariance:
                let found = difference(
                    try after.values(spec.name), try case_.golden.floats("after.\(spec.name)"), atol: 2e-6, rtol: 2e-5)
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
        let learning_rate: Double
        let weight_decay: Float
        let clip_norm: Float?
        let losses: [Double]
        let gradient_norms: [Double]
        let final_norms: [String: Double]
    }

    static let settings = ["plain", "l2", "strong_l2", "clipped", "tightly_clipped_l2"]

    // 1e-4 relative is what the engine promises for the losses. Norms of gradients are as sensitive as the gradients.
    @Test("losses, gradient norms and final parameters", arguments: settings)
    func tenSteps(setting: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path("adam.json")))
        let run = try #require(try JSONDecoder().decode(Runs.self, from: data).runs[setting])
        let case_ = try GoldenTraining(
            "unet", optimizer: Adam(l2: run.weight_decay, clipNorm: run.clip_norm), rate: run.learning_rate)
        var deviations: [Double] = []
        for (step, expected) in run.losses.enumerated() {
            let result = try case_.session.step(case_.input, labels: case_.labels)
            #expect(
                abs(result.loss.loss / expected - 1) < 1e-4, "step \(step): \(result.loss.loss), expected \(expected)")
            deviations.append(abs(result.loss.loss / expected - 1))
            let norm = run.gradient_norms[step]
            #expect(
                abs(result.gradientNorm / norm - 1) < 5e-4, "step \(step): \(result.gradientNorm), expected \(norm)")
        }
        print("EXPDEV", setting, deviations.map { String(format: "%.1e", $0) }.joined(separator: " "))
        let parameters = try case_.session.parameters()
        for (name, expected) in run.final_norms {
            let values = try parameters.values(name)
            let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            // Adam moves an element whose gradient is mere rounding by a full step of either sign: 1e-3 each of ten times.
            #expect(abs(norm - expected) < 1e-3 * expected + 1e-4, "\(name): \(norm), expected \(expected)")
        }
    }
}
