import ArgumentParser
import NeuralNet
import Segmentation

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a model's layers, shapes, parameters and arithmetic, and how this machine would run it.")

    @Argument(help: "Model file (safetensors).") var file: String?
    @OptionGroup var network: NetworkOptions
    @OptionGroup var device: DeviceOptions
    @Option(help: "Height and width of the images.") var size = 256
    @Option(help: "Images that go through together.") var batch = 1
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let model = try network.load(file: file)
            let shape = try Shape(n: batch, h: size, w: size, c: model.network.inputChannels)
            let plan = try InferencePlan(network: model.network, input: shape, backend: try device.backend())
            json ? try printJSON(model, plan) : printTable(model, plan)
        }
    }

    private func printTable(_ model: SegmentationModel, _ plan: InferencePlan) {
        let rows = plan.layers.map { layer in
            [
                layer.name, layer.kind, layer.algorithm ?? "", "\(layer.output)", gigaflops(layer.flops),
                mebibytes(layer.weightBytes), mebibytes(layer.outputBytes),
            ]
        }
        let header = ["layer", "kind", "algorithm", "output N×H×W×C", "GFLOP", "weights MiB", "output MiB"]
        for line in TextTable.lines([header] + rows, rightAligned: [4, 5, 6]) { print(line) }
        print(
            """

            parameters  \(model.network.trainableParameterCount)
            arithmetic  \(gigaflops(plan.flops)) GFLOP for \(plan.input)
            memory      \(mebibytes(plan.bytes)) MiB: \(mebibytes(plan.arenaBytes)) for activations and scratch, \
            \(mebibytes(plan.weightBytes)) for weights
            """)
        for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) { print("\(key): \(value)") }
    }

    private func printJSON(_ model: SegmentationModel, _ plan: InferencePlan) throws {
        struct Layer: Encodable {
            let name, kind: String
            let algorithm: String?
            let inputShape, outputShape: [Int]
            let flops, weightBytes, outputBytes: Int
        }
        struct Report: Encodable {
            let architecture: ArchitectureDescription
            let parameters, flops, arenaBytes, weightBytes: Int
            let metadata: [String: String]
            let layers: [Layer]
        }
        let layers = plan.layers.map {
            Layer(
                name: $0.name, kind: $0.kind, algorithm: $0.algorithm, inputShape: $0.input.dimensions,
                outputShape: $0.output.dimensions, flops: $0.flops, weightBytes: $0.weightBytes,
                outputBytes: $0.outputBytes)
        }
        try JSONOutput.print(
            Report(
                architecture: model.architecture, parameters: model.network.trainableParameterCount, flops: plan.flops,
                arenaBytes: plan.arenaBytes, weightBytes: plan.weightBytes, metadata: model.metadata, layers: layers))
    }
}

extension Shape {
    fileprivate var dimensions: [Int] { [n, h, w, c] }
}
