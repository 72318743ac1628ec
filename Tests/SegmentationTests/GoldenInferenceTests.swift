import NeuralNet
import Segmentation
import TestSupport
import Testing

@Suite("Whole networks against PyTorch, inference")
struct GoldenInferenceTests {
    // PyTorch in float64 is the reference. A float32 network of some ten layers differs by about 1e-6 of its largest
    // value; Winograd convolutions and folded normalisation add a few times that.
    static let atol: Float = 2e-5
    static let rtol: Float = 2e-5

    @Test("logits", arguments: ["unet", "unet_plain", "segnet", "segnet_half"])
    func logits(name: String) throws {
        let model = try SegmentationModel.load(Golden.path("\(name).safetensors"))
        let golden = try Golden("\(name).io.safetensors")
        let input = try golden.tensor("input")
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: try CPUBackend(threads: 2),
            height: input.shape.h, width: input.shape.w)
        let output = try session.run(input)
        let found = difference(
            output.planes(), try golden.floats("logits.eval"), atol: Self.atol, rtol: Self.rtol)
        #expect(found.isClose, "\(found)")
    }
}
