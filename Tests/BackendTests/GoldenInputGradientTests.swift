import CUDATestSupport
import NeuralNet
import Segmentation
import TestSupport
import Testing

@Suite("The input's gradient against PyTorch")
struct GoldenInputGradientTests {
    // The reference is float64 with every value clear of the kinks of ReLU and pooling. The gradient sums over channels
    // and pixels with both signs, so its error is judged against its largest element.
    @Test(
        "gradient of every pixel, normalisations with running statistics", arguments: TestDevice.native,
        ["unet", "unet_plain", "segnet"])
    func gradient(on test: TestDevice, name: String) throws { try test.run { try gradient($0, on: test, name) } }

    private func gradient<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let model = try SegmentationModel.load(Golden.path("\(name).safetensors"))
        let golden = try Golden("input_gradients.safetensors")
        let input = try golden.tensor("\(name).input")
        let session = try InputGradientSession(
            network: model.network, parameters: model.parameters, backend: backend, batch: input.shape.n,
            height: input.shape.h, width: input.shape.w)
        let above = try golden.tensor("\(name).output_gradient")
        let gradient = try session.run(input) { _ throws(NeuralNetError) in above }.gradient
        let expected = try golden.floats("\(name).gradient")
        let tolerance = Tolerance(test)
        #expect(
            relativeError(gradient.planes(), expected)
                < tolerance.relativeError(1e-5, roundings: Tolerance.kinks), "\(name)")
        guard TestDevice.float32.contains(test) else { return }
        let scale = expected.map(abs).max() ?? 0
        let found = difference(gradient.planes(), expected, atol: 1e-5 * scale, rtol: 1e-5)
        #expect(found.isClose, "\(name): \(found)")
    }
}
