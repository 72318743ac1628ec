import Foundation
import Segmentation

/// One of the 36 trainings of the paper: a network, a task and one of the nine experiments of Table 2 (Saood & Hatem, BMC
/// Medical Imaging 2021). The nine are three repeats of three settings; a repeat differs by its seed alone.
public struct PaperExperiment: Hashable, Sendable, Codable {
    /// What the network tells apart.
    public enum Task: String, Hashable, Sendable, Codable, CaseIterable {
        case binary, multiclass

        public var segmentation: SegmentationTask {
            switch self {
            case .binary: .binary
            case .multiclass: .multiclass
            }
        }
    }

    /// A row of Table 2: what three experiments share.
    public struct Setting: Hashable, Sendable {
        public let learningRate: Double
        public let batchSize: Int
    }

    public let network: ArchitectureDescription.Kind
    public let task: Task
    /// 1 to 9, as the paper counts.
    public let number: Int

    /// Nil for a number that the paper does not have.
    public init?(_ network: ArchitectureDescription.Kind, _ task: Task, _ number: Int) {
        guard PaperExperiment.numbers.contains(number) else { return nil }
        self.network = network
        self.task = task
        self.number = number
    }

    public static let numbers = 1...9
    /// Repeats of every setting.
    public static let repeats = 3

    /// Table 2: the initial learning rates and mini-batch sizes of experiments 1–3, 4–6 and 7–9.
    public static func settings(of network: ArchitectureDescription.Kind) -> [Setting] {
        switch network {
        case .segnet:
            [
                Setting(learningRate: 1e-4, batchSize: 4), Setting(learningRate: 1e-3, batchSize: 8),
                Setting(learningRate: 3e-3, batchSize: 12),
            ]
        case .unet:
            [
                Setting(learningRate: 1e-4, batchSize: 2), Setting(learningRate: 5e-4, batchSize: 8),
                Setting(learningRate: 1e-3, batchSize: 12),
            ]
        }
    }

    public var setting: Setting {
        let settings = Self.settings(of: network)
        return settings[min((number - 1) / Self.repeats, settings.count - 1)]
    }

    /// 1 to 3: which repeat of its setting.
    public var repetition: Int { (number - 1) % Self.repeats + 1 }

    /// Of the weights and of the order of slices. The paper gives none; a repeat's number is as good as any, and the same
    /// repeat of two settings differs by the setting alone.
    public var seed: UInt64 { UInt64(repetition) }

    /// All 36, in the paper's order: binary before multi-class, SegNet before U-Net.
    public static let all: [PaperExperiment] = Task.allCases.flatMap { task in
        [ArchitectureDescription.Kind.segnet, .unet].flatMap { network in
            numbers.compactMap { PaperExperiment(network, task, $0) }
        }
    }

    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let experiment = PaperExperiment(name: name) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(name)\" is no experiment of the paper."))
        }
        self = experiment
    }

    /// As its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// Names such as `unet-multiclass-4`, for files and the command line.
extension PaperExperiment {
    public var name: String { "\(network.rawValue)-\(task.rawValue)-\(number)" }

    /// Nil for a name that is none of the 36.
    public init?(name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let network = ArchitectureDescription.Kind(rawValue: parts[0]),
            let task = Task(rawValue: parts[1]), let number = Int(parts[2]), String(number) == parts[2]
        else { return nil }
        self.init(network, task, number)
    }

    /// The experiments that a user asks for, each once, in the order asked: `unet-binary-4`, `segnet-multiclass-1..9` (a
    /// range), `unet-binary` or `unet` (all of them). Throws `invalidArgument` for anything else.
    public static func selection(_ names: [String]) throws(TrainingError) -> [PaperExperiment] {
        var chosen: [PaperExperiment] = []
        for name in names {
            let found = matching(name)
            guard !found.isEmpty else {
                throw TrainingError(
                    .invalidArgument, subject: name,
                    message: "This names no experiment; names are like segnet-binary-4, segnet-multiclass-1..9, "
                        + "unet-binary or unet.")
            }
            chosen += found.filter { !chosen.contains($0) }
        }
        return chosen
    }

    /// The reverse: names with neighbouring numbers as a range.
    static func summary(of experiments: [PaperExperiment]) -> [String] {
        var ranges: [(first: PaperExperiment, last: PaperExperiment)] = []
        for experiment in experiments {
            if let last = ranges.last?.last, (last.network, last.task) == (experiment.network, experiment.task),
                last.number + 1 == experiment.number
            {
                ranges[ranges.count - 1].last = experiment
            } else {
                ranges.append((experiment, experiment))
            }
        }
        return ranges.map { $0 == $1 ? $0.name : "\($0.name)..\($1.number)" }
    }

    private static func matching(_ name: String) -> [PaperExperiment] {
        if let one = PaperExperiment(name: name) { return [one] }
        let ends = name.components(separatedBy: "..")
        if ends.count == 2, let first = PaperExperiment(name: ends[0]), let last = Int(ends[1]),
            (first.number...Self.numbers.upperBound).contains(last)
        {
            return (first.number...last).compactMap { PaperExperiment(first.network, first.task, $0) }
        }
        return all.filter { $0.network.rawValue == name || "\($0.network.rawValue)-\($0.task.rawValue)" == name }
    }
}
