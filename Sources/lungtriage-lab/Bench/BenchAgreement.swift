import ArgumentParser
import Imaging
import NeuralNet
import Segmentation

/// What a device's rounding does to a model's labels.
struct BenchAgreement: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement",
        abstract: "Run a model on the CPU and on a device: how many pixels get the same class.",
        discussion: "The pictures are slices of a chest that never was, as the model sees them. Status 1 below --least."
    )

    private struct Report: Encodable {
        let device, reference: String
        let pixels, equal: Int
        let agreement, relativeError: Double
    }

    @Argument(help: "Model file (safetensors) that says how its input is prepared.") var model: String
    @OptionGroup var device: DeviceOptions
    @Option(help: "Slices.") var slices = 16
    @Option(help: "Height and width of the slices.") var size = 512
    @Option(help: "Share of pixels that must have the same class.") var least = 0.999
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        try ExitStatus.guarding {
            let model = try SegmentationModel.load(model)
            let input = try PhantomStudy(size: size, slices: slices).input(of: model)
            let reference = try CPUBackend(threads: device.threads ?? ProcessStatus.processors)
            let expected = try logits(of: input, model, on: reference)
            let backend = try device.backend()
            let found = try logits(of: input, model, on: backend)
            let report = try compare(found, expected, backend.description, reference.description)
            if json {
                try JSONOutput.print(report)
            } else {
                print("\(report.device): \(percent(report.agreement)) of \(report.pixels) pixels have the CPU's class,")
                print("  logits differ by \(report.relativeError) of their size (L2)")
            }
            guard report.agreement >= least else {
                StandardError.write("lungtriage-lab: fewer than \(percent(least)) of the pixels agree.\n")
                throw ExitStatus.failed
            }
        }
    }

    private func logits<B: Backend>(of input: Tensor, _ model: SegmentationModel, on backend: B) throws -> Tensor {
        try InferenceSession(
            network: model.network, parameters: model.parameters, backend: backend, height: input.shape.h,
            width: input.shape.w, microBatch: min(4, input.shape.n)
        ).run(input)
    }

    private func compare(
        _ found: Tensor, _ expected: Tensor, _ device: String, _ reference: String
    ) throws -> Report {
        let (labels, wanted) = (try found.labels().labels, try expected.labels().labels)
        let equal = zip(labels, wanted).count { $0 == $1 }
        var (error, size) = (0.0, 0.0)
        for (a, b) in zip(found.values, expected.values) {
            error += (Double(a) - Double(b)) * (Double(a) - Double(b))
            size += Double(b) * Double(b)
        }
        return Report(
            device: device, reference: reference, pixels: labels.count, equal: equal,
            agreement: Double(equal) / Double(labels.count), relativeError: (error / size).squareRoot())
    }

    private func percent(_ share: Double) -> String { "\((share * 1e6).rounded() / 1e4) %" }
}
