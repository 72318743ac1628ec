import ArgumentParser
import NeuralNet
import Segmentation

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model file anew, its convolutions' weights as float16 for shipping.")

    @Argument(help: "Model file (safetensors).") var model: String
    @Option(help: "Where the model goes.") var output: String
    @Flag(help: "Store weights as float16; else as float32.") var half = false

    func run() throws {
        try ExitStatus.guarding {
            try SegmentationModel.load(model).save(to: output, storage: half ? .float16 : .float32)
        }
    }
}
