import ArgumentParser
import Imaging
import NeuralNet
import Segmentation

struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Label a CT volume with a trained model; the label map lies on the input's own grid.")

    @Argument(help: "CT volume (.nii, .nii.gz).") var input: String
    @Option(help: "Model file (safetensors).") var model: String
    @Option(help: "Where the label map goes (.nii, .nii.gz).") var output: String
    @Option(help: "Lung fields, for models that see lungs only.") var lungs: String?
    @OptionGroup var device: DeviceOptions

    func run() throws {
        try ExitStatus.guarding {
            let model = try SegmentationModel.load(model)
            let image = try NIfTIFile.read(input)
            let lungs = try lungs.map { try NIfTIFile.readLabels($0).lps() }
            let labels = try labels(of: image.lps(), lungs, model, on: try device.backend())
            try NIfTIFile.write(labels: labels, on: image.header, to: output)
        }
    }

    private func labels<B: Backend>(
        of ct: CTVolume, _ lungs: LabelVolume?, _ model: SegmentationModel, on backend: B
    ) throws -> LabelVolume {
        let segmenter = try VolumeSegmenter(model, backend: backend)
        let onTerminal = StandardError.isTerminal
        let labels = try segmenter.labels(of: ct, slices: Array(0..<ct.grid.size.k), lungs: lungs) { share in
            if onTerminal { StandardError.write("\r\(Int(share * 100)) %") }
        }
        if onTerminal { StandardError.write("\r      \r") }
        return labels
    }
}
