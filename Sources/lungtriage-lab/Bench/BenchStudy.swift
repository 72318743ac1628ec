import ArgumentParser
import Imaging
import NeuralNet
import Segmentation

/// Where a study's time goes.
struct BenchStudy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Label a chest CT that never was: seconds of all of it, and of the network in it.",
        discussion: """
            The time of the network runs from pictures in the host's memory to scores there. What is left is cutting, \
            resizing and windowing before it, and resizing and choosing classes behind it.
            """)

    private struct Report: Encodable {
        let device: String
        let slices: Int
        let seconds, networkSeconds, otherSeconds: Double
        let allSeconds, allNetworkSeconds: [Double]
        let peakResidentBytes: Int
    }

    @Argument(help: "Model file (safetensors) that says how its input is prepared.") var model: String
    @OptionGroup var device: DeviceOptions
    @Option(help: "Slices.") var slices = 148
    @Option(help: "Height and width of the slices.") var size = 512
    @Option(help: "Images that go through the network together.") var microBatch = 4
    @Option(help: "Timed runs after two that are not timed.") var repeats = 5
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard slices > 0, size > 0, microBatch > 0, repeats > 0 else {
            throw ValidationError("--slices, --size, --micro-batch and --repeats must be at least 1.")
        }
    }

    func run() throws {
        try ExitStatus.guarding { try measure(on: try device.backend()) }
    }

    private func measure<B: Backend>(on backend: B) throws {
        let model = try SegmentationModel.load(model)
        let study = try PhantomStudy(size: size, slices: slices)
        let segmenter = try VolumeSegmenter(model, backend: backend, microBatch: microBatch)
        let input = try study.input(of: model)
        let session = try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: input.shape.h,
            width: input.shape.w, microBatch: min(microBatch, input.shape.n))
        var scores = try Tensor(zeros: try session.outputShape(images: input.shape.n))
        let whole = try times { _ = try segmenter.labels(of: study.ct, slices: study.slices, lungs: study.lungs) }
        let network = try times { try session.run(input, into: &scores) }
        try report(whole, network, device: backend.description)
    }

    /// Also untimed at first, since a device prepares itself in the first runs.
    private func times(_ work: () throws -> Void) rethrows -> [Double] {
        var all: [Double] = []
        for _ in 0..<(repeats + 2) {
            let clock = ContinuousClock()
            let start = clock.now
            try work()
            all.append((clock.now - start) / .seconds(1))
        }
        return Array(all.dropFirst(2))
    }

    private func report(_ whole: [Double], _ network: [Double], device: String) throws {
        let (total, inside) = (whole.sorted()[repeats / 2], network.sorted()[repeats / 2])
        let report = Report(
            device: device, slices: slices, seconds: total, networkSeconds: inside, otherSeconds: total - inside,
            allSeconds: whole, allNetworkSeconds: network, peakResidentBytes: ProcessStatus.peakResidentBytes)
        if json { return try JSONOutput.print(report) }
        print("\(slices) slices of \(size)×\(size) on \(device): \(milliseconds(total)) ms")
        print("  network, with transfers: \(milliseconds(inside)) ms")
        print("  preparation and restoration: \(milliseconds(total - inside)) ms")
    }
}
