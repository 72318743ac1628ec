import ArgumentParser
import NeuralNet
import Segmentation

extension ArchitectureDescription.Kind: ExpressibleByArgument {}

/// Which network a command works with: one from a model file, or a fresh one of the paper's two architectures.
struct NetworkOptions: ParsableArguments {
    @Option(help: "Model file (safetensors). Without it the network gets random weights.")
    var model: String?

    @Option(
        help: "Architecture: unet or segnet. Needed where a model file does not say it, such as a PyTorch state_dict.")
    var network: ArchitectureDescription.Kind?

    @Option(help: "Input channels.") var inputChannels = 1
    @Option(help: "Classes. Default: 4 for unet, 2 for segnet.") var classes: Int?
    @Option(help: "Filters of the first level.") var baseFilters = 64
    @Option(help: "Levels. Default: 4 for unet, 3 for segnet.") var depth: Int?

    /// The architecture the options describe; nil when only a model file says it.
    private var architecture: ArchitectureDescription? {
        switch network {
        case .unet:
            ArchitectureDescription(
                UNet(
                    inputChannels: inputChannels, classes: classes ?? 4, depth: depth ?? 4, baseFilters: baseFilters))
        case .segnet:
            ArchitectureDescription(
                SegNet(
                    inputChannels: inputChannels, classes: classes ?? 2, depth: depth ?? 3, baseFilters: baseFilters))
        case nil: nil
        }
    }

    /// Opens the model file, or makes a network with He-initialised weights from a fixed seed.
    ///
    /// A model file's own description counts; the options describe a file that has none. `file` is a model file that the
    /// command names in another way. Throws a usage error when nothing says which network.
    func load(file: String? = nil) throws -> SegmentationModel {
        guard let model = file ?? model else {
            guard let architecture else {
                throw ValidationError("Say which network: --network unet, --network segnet or --model FILE.")
            }
            return try SegmentationModel(architecture: architecture, seed: 1)
        }
        let described = try ArchitectureDescription(metadata: try SafetensorsFile(path: model).metadata) != nil
        return try SegmentationModel.load(model, architecture: described ? nil : architecture)
    }
}
