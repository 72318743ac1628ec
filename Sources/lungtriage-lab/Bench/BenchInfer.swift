import ArgumentParser
import NeuralNet
import Segmentation

struct BenchInfer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Measure inference: seconds per image and peak resident memory.")

    @OptionGroup var network: NetworkOptions
    @OptionGroup var device: DeviceOptions
    @OptionGroup var options: BenchOptions
    @Option(help: "Images, .npy, instead of noise of --batch × --size × --size.") var input: String?
    @Option(help: "Where the last run's logits go, .npy.") var output: String?
    @Option(help: "Images that go through the network together. Default: up to 4.") var microBatch: Int?
    @Flag(help: "Time the network alone: input and logits stay on the device, all images go through it together.")
    var resident = false
    @Flag(help: "Print the time of every layer instead, and its share of the arithmetic.") var layers = false

    func run() throws {
        try ExitStatus.guarding { try measure(on: try device.backend()) }
    }

    private func measure<B: Backend>(on backend: B) throws {
        let batch = try input.map(ArrayFiles.readBatch) ?? noise()
        let model = try network.load()
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: batch.shape.h,
            width: batch.shape.w, microBatch: resident ? batch.shape.n : microBatch ?? min(4, batch.shape.n))
        if layers { return try printLayers(session, batch) }
        var logits = try Tensor(zeros: try session.outputShape(images: batch.shape.n))
        let stopwatch = Stopwatch(
            options: options,
            description: "\(model.architecture.kind.rawValue) inference on \(batch.shape), \(backend.description)",
            device: backend.description)
        if resident {
            try session.run(batch, into: &logits)
            try stopwatch.measure { try session.runAgain(images: batch.shape.n) }
        } else {
            try stopwatch.measure { try session.run(batch, into: &logits) }
        }
        if let output { try ArrayFiles.writeBatch(logits, to: output) }
    }

    private func noise() throws -> Tensor {
        var generator = RandomGenerator(seed: 1)
        let shape = try Shape(
            n: options.batch, h: options.size, w: options.size, c: network.inputChannels)
        return try Tensor((0..<shape.count).map { _ in Float(generator.uniform()) * 2 - 1 }, shape: shape)
    }

    /// The median of every layer's time over the repeats.
    private func printLayers<B: Backend>(_ session: InferenceSession<B>, _ batch: Tensor) throws {
        var times: [[Double]] = []
        for _ in 0...options.repeats { times.append(try session.timings(batch)) }
        let rows = session.plan.layers.enumerated().map { index, layer in
            LayerTime(layer, seconds: times.dropFirst().map { $0[index] }.sorted()[options.repeats / 2])
        }
        if options.json { return try JSONOutput.print(rows) }
        let header = ["layer", "how", "output N×H×W×C", "ms", "GFLOP/s"]
        for line in TextTable.lines([header] + rows.map(\.cells), rightAligned: [3, 4]) { print(line) }
    }
}

/// A row of `bench infer --layers`. Shapes are N×H×W×C.
private struct LayerTime: Encodable {
    let name, kind, algorithm: String
    let input, output: [Int]
    let seconds: Double
    let flops, weightBytes: Int

    init(_ layer: PlannedLayer, seconds: Double) {
        func sides(_ shape: Shape) -> [Int] { [shape.n, shape.h, shape.w, shape.c] }
        name = layer.name
        kind = layer.kind
        algorithm = layer.algorithm ?? layer.kind
        input = sides(layer.input)
        output = sides(layer.output)
        self.seconds = seconds
        flops = layer.flops
        weightBytes = layer.weightBytes
    }

    var cells: [String] {
        [
            name, algorithm, output.map(String.init).joined(separator: "×"), milliseconds(seconds),
            flops > 0 ? "\(Int(Double(flops) / seconds / 1e9))" : "",
        ]
    }
}
