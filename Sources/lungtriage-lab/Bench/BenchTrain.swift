import ArgumentParser
import NeuralNet
import Segmentation

struct BenchTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Measure one training step: forward, weighted cross-entropy, backward, Adam.")

    @OptionGroup var network: NetworkOptions
    @OptionGroup var device: DeviceOptions
    @OptionGroup var options: BenchOptions
    @Flag(help: "Print the time of every call of a step instead, without the optimiser's.") var layers = false

    func run() throws {
        try ExitStatus.guarding { try measure(on: try device.backend()) }
    }

    private func measure<B: Backend>(on backend: B) throws {
        let model = try network.load()
        let classes = model.network.outputChannels
        let session = try TrainingSession(
            network: model.network, parameters: model.parameters, backend: backend, batch: options.batch,
            height: options.size, width: options.size,
            options: .init(
                loss: .crossEntropy(classWeights: (0..<classes).map { Float($0 + 1) }),
                schedule: .constant(1e-4)))
        let (images, labels) = try noise(channels: model.network.inputChannels, classes: classes)
        if layers { return try printCalls(session, images, labels) }
        let stopwatch = Stopwatch(
            options: options,
            description: "\(model.architecture.kind.rawValue) training step on \(images.shape), "
                + backend.description, device: backend.description)
        try stopwatch.measure { _ = try session.step(images, labels: labels) }
    }

    /// The median of every call's time over the repeats.
    private func printCalls<B: Backend>(
        _ session: TrainingSession<B>, _ images: Tensor, _ labels: LabelMap
    ) throws {
        var times: [[Double]] = []
        for _ in 0...options.repeats { times.append(try session.timings(images, labels: labels)) }
        let rows = session.plan.calls.enumerated().map { index, call in
            let seconds = times.dropFirst().map { $0[index] }.sorted()[options.repeats / 2]
            return [
                call.name, call.kind, milliseconds(seconds),
                call.flops > 0 ? "\(Int(Double(call.flops) / seconds / 1e9))" : "",
            ]
        }
        for line in TextTable.lines([["layer", "call", "ms", "GFLOP/s"]] + rows, rightAligned: [2, 3]) { print(line) }
    }

    private func noise(channels: Int, classes: Int) throws -> (Tensor, LabelMap) {
        var generator = RandomGenerator(seed: 1)
        let shape = try Shape(n: options.batch, h: options.size, w: options.size, c: channels)
        let images = try Tensor((0..<shape.count).map { _ in Float(generator.uniform()) * 2 - 1 }, shape: shape)
        let labels = (0..<shape.pixels).map { _ in UInt8(generator.next() % UInt64(classes)) }
        return (images, try LabelMap(labels, n: shape.n, h: shape.h, w: shape.w))
    }
}
