import ArgumentParser
import NeuralNet
import Segmentation

struct Infer: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a model on a batch of images.",
        discussion: "Input: N×H×W or N×C×H×W values in a .npy file. Output: N×classes×H×W logits, float32.")

    @OptionGroup var network: NetworkOptions
    @OptionGroup var device: DeviceOptions
    @Option(help: "Images, .npy.") var input: String
    @Option(help: "Where the logits go, .npy.") var output: String

    func run() throws {
        try ExitStatus.guarding {
            let batch = try ArrayFiles.readBatch(input)
            let logits = try logits(of: batch, try network.load(), on: try device.backend())
            try ArrayFiles.writeBatch(logits, to: output)
        }
    }

    private func logits<B: Backend>(of batch: Tensor, _ model: SegmentationModel, on backend: B) throws -> Tensor {
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: batch.shape.h,
            width: batch.shape.w, microBatch: min(4, batch.shape.n))
        let onTerminal = StandardError.isTerminal
        let logits = try session.run(batch) { progress in
            if onTerminal { StandardError.write("\r\(Int(progress.fraction * 100)) %") }
        }
        if onTerminal { StandardError.write("\r      \r") }
        return logits
    }
}
