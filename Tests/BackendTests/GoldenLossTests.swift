import CUDATestSupport
import NeuralNet
import TestSupport
import Testing

extension GoldenLayerTests {
    static let lossCases = ["cross_entropy", "dice", "cross_entropy_dice"].flatMap { loss in
        ["plain", "weighted_ignore", "absent_class", "two_classes"].map { (loss, $0) }
    }

    // Logarithms and exponentials in float32 over at most 70 pixels, logits of order 5.
    @Test("losses and their gradients", arguments: TestDevice.all, lossCases)
    func loss(on test: TestDevice, of: (loss: String, variant: String)) throws {
        try test.run { try loss($0, on: test, of) }
    }

    private func loss<B: Backend>(_ backend: B, on test: TestDevice, _ of: (loss: String, variant: String)) throws {
        let device = Device(backend, golden, on: test)
        let (loss, variant) = of
        let name = "\(loss)_\(variant)"
        let logits = try device.view("\(name).logits")
        let labels = try device.golden.labels("\(name).labels").labels
        let labelSlice = try device.scratch(labels.count)
        labels.withUnsafeBytes { backend.upload($0, to: labelSlice) }
        let weighted = device.golden.file.contains("\(name).weights")
        let options = LossOptions<B.Buffer>(
            classWeights: weighted ? try device.slice("\(name).weights") : nil, ignoredLabel: 255,
            crossEntropyWeight: loss == "dice" ? 0 : 1, diceWeight: loss == "cross_entropy" ? 0 : 1)
        let gradient = try device.empty(logits.shape)
        let result = try device.scratch(backend.lossResultBytes)
        backend.loss(
            logits: logits, labels: labelSlice, options: options, gradient: gradient, result: result,
            scratch: try device.scratch(backend.lossScratchBytes(logits: logits.shape)))
        let value = try backend.readLoss(result)
        try device.expect([Float(value.loss)], "\(name).loss", atol: 1e-6, rtol: 2e-6)
        try device.expect(try device.planes(gradient), "\(name).glogits", atol: 1e-7, rtol: 2e-5)
        #expect(value.countedPixels == labels.count { $0 != 255 })
        #expect(value.badLabels == 0)
    }
}
