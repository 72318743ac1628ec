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
            let segmenter = try VolumeSegmenter(SegmentationModel.load(model), backend: try device.backend())
            let image = try NIfTIFile.read(input)
            let lungs = try lungs.map { try NIfTIFile.readLabels($0).lps() }
            let ct = image.lps()
            let onTerminal = StandardError.isTerminal
            let labels = try segmenter.labels(of: ct, slices: Array(0..<ct.grid.size.k), lungs: lungs) { share in
                if onTerminal { StandardError.write("\r\(Int(share * 100)) %") }
            }
            if onTerminal { StandardError.write("\r      \r") }
            try NIfTIFile.write(labels: labels, on: image.header, to: output)
        }
    }
}
