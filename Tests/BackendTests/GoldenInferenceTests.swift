import CUDATestSupport
import NeuralNet
import Segmentation
import TestSupport
import Testing

@Suite("Whole networks against PyTorch, inference")
struct GoldenInferenceTests {
    // PyTorch in float64 is the reference. A float32 network of some ten layers differs by about 1e-6 of its largest
    // value; Winograd's F(6×6) adds up to 1e-5 of the whole in each convolution, and more in single values of order 1.
    static let tolerance: Float = 1e-4

    @Test("logits", arguments: TestDevice.native, ["unet", "unet_plain", "segnet", "segnet_half"])
    func logits(on test: TestDevice, name: String) throws { try test.run { try logits($0, on: test, name) } }

    private func logits<B: Backend>(_ backend: B, on test: TestDevice, _ name: String) throws {
        let tolerance = Tolerance(test)
        let model = try SegmentationModel.load(Golden.path("\(name).safetensors"))
        let golden = try Golden("\(name).io.safetensors")
        let input = try golden.tensor("input")
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: input.shape.h,
            width: input.shape.w)
        let output = try session.run(input)
        let expected = try golden.floats("logits.eval")
        let roundings = name.hasPrefix("segnet") ? Tolerance.kinks : Tolerance.network
        #expect(relativeError(output.planes(), expected) < tolerance.relativeError(3e-5, roundings: roundings))
        guard TestDevice.float32.contains(test) else { return }
        let found = difference(output.planes(), expected, atol: Self.tolerance, rtol: Self.tolerance)
        #expect(found.isClose, "\(found)")
    }
}
