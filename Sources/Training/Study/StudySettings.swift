import Foundation
import Segmentation

/// What a study chooses beside the paper's experiments: the paper does not give its number of epochs, and a narrower network
/// or a smaller input makes a study that ends sooner. Runs of different settings have folders of their own.
public struct StudySettings: Hashable, Sendable, Codable, Comparable {
    /// Filters of the first level; the paper's networks have 64.
    public let baseFilters: Int
    public let epochs: Int
    /// Height and width that the network sees; the paper's is 256.
    public let size: Int

    public static let paperBaseFilters = 64
    public static let paperSize = 256

    /// Throws `invalidArgument` for a number out of range; the size must be divisible by 16, for both networks' poolings.
    public init(baseFilters: Int = paperBaseFilters, epochs: Int, size: Int = paperSize) throws(TrainingError) {
        guard (1...4096).contains(baseFilters), (1...100_000).contains(epochs), (16...2048).contains(size),
            size % 16 == 0
        else {
            throw TrainingError(
                .invalidArgument, subject: "study",
                message: "A study needs 1 to 4096 base filters, 1 to 100000 epochs and a size of 16 to 2048 divisible "
                    + "by 16, not \(baseFilters), \(epochs) and \(size).")
        }
        self.baseFilters = baseFilters
        self.epochs = epochs
        self.size = size
    }

    /// Whether the networks are the paper's own.
    public var isFullWidth: Bool { baseFilters == Self.paperBaseFilters && size == Self.paperSize }

    /// The experiment's network at this width: SegNet of depth 3, U-Net of depth 4.
    func architecture(of experiment: PaperExperiment) -> ArchitectureDescription {
        let classes = experiment.task.segmentation.classes
        return switch experiment.network {
        case .segnet:
            ArchitectureDescription(SegNet(inputChannels: 1, classes: classes, depth: 3, baseFilters: baseFilters))
        case .unet:
            ArchitectureDescription(UNet(inputChannels: 1, classes: classes, depth: 4, baseFilters: baseFilters))
        }
    }

    /// Full width first, then the longer training.
    public static func < (one: StudySettings, other: StudySettings) -> Bool {
        (-one.size, -one.baseFilters, -one.epochs) < (-other.size, -other.baseFilters, -other.epochs)
    }
}

/// Folder names such as `unet-multiclass-4_base16_epochs20`, with `_size128` where the size is not the paper's.
extension StudySettings {
    package func folderName(of experiment: PaperExperiment) -> String {
        "\(experiment.name)_base\(baseFilters)_epochs\(epochs)" + (size == Self.paperSize ? "" : "_size\(size)")
    }

    /// Nil for a name of another form.
    package static func parse(folderName: String) -> (experiment: PaperExperiment, settings: StudySettings)? {
        let parts = folderName.split(separator: "_").map(String.init)
        func number(_ prefix: String, at place: Int) -> Int? {
            guard parts.indices.contains(place), parts[place].hasPrefix(prefix) else { return nil }
            return Int(parts[place].dropFirst(prefix.count))
        }
        guard let experiment = parts.first.flatMap(PaperExperiment.init(name:)), let filters = number("base", at: 1),
            let epochs = number("epochs", at: 2),
            let settings = try? StudySettings(
                baseFilters: filters, epochs: epochs, size: number("size", at: 3) ?? paperSize),
            settings.folderName(of: experiment) == folderName
        else { return nil }
        return (experiment, settings)
    }
}
