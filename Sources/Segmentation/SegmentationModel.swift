import NeuralNet

/// A network with its trained parameters, as one model file holds them: safetensors with PyTorch's names, the
/// architecture and whatever training wrote in the header.
public struct SegmentationModel: Sendable {
    public let architecture: ArchitectureDescription
    public let network: Network
    public var parameters: ParameterStore
    /// The header's other entries, such as how the model was trained.
    public var metadata: [String: String]

    /// Throws what `ArchitectureDescription.network()` throws, `parameterMismatch` when the parameters are another
    /// network's.
    public init(
        architecture: ArchitectureDescription, parameters: ParameterStore, metadata: [String: String] = [:]
    ) throws(NeuralNetError) {
        self.architecture = architecture
        self.network = try architecture.network()
        try parameters.checkMatches(network)
        self.parameters = parameters
        self.metadata = metadata
    }

    /// A model with fresh parameters; throws what `ArchitectureDescription.network()` throws.
    public init(
        architecture: ArchitectureDescription, seed: UInt64, weights: Initialization = .he
    ) throws(NeuralNetError) {
        self.architecture = architecture
        self.network = try architecture.network()
        self.parameters = ParameterStore.initialized(network, seed: seed, weights: weights)
        self.metadata = [:]
    }

    /// Opens a model file. Parameters are read from the mapped file when they are needed.
    ///
    /// `architecture` is for files whose metadata lacks one, such as a PyTorch `state_dict`; where both are there they
    /// must agree.
    ///
    /// Throws `fileAccess`; `malformedFile` for a corrupt file or description; `unsupported` for an unknown kind of
    /// network; `parameterMismatch` when parameters are missing, unexpected or misshapen or the architectures disagree;
    /// `notFinite` for NaN weights; `invalidArgument` for an architecture out of range.
    public static func load(
        _ path: String, architecture: ArchitectureDescription? = nil
    ) throws(NeuralNetError) -> SegmentationModel {
        let file = try openFile(path)
        let stored = try ArchitectureDescription(metadata: file.metadata)
        guard let used = stored ?? architecture else {
            throw NeuralNetError(
                .malformedFile, operation: "model \"\(path)\"",
                message: "The file's metadata does not say which architecture it holds.")
        }
        if let stored, let architecture, stored != architecture {
            throw NeuralNetError(
                .parameterMismatch, operation: "model \"\(path)\"",
                message: "The file holds \(stored.metadata), but \(architecture.metadata) was expected.")
        }
        let metadata = file.metadata.filter { !ArchitectureDescription.metadataKeys.contains($0.key) }
        let network = try used.network()
        let parameters = try ParameterStore(file: file, network: network)
        return try SegmentationModel(architecture: used, parameters: parameters, metadata: metadata)
    }

    /// The same model with its class scores (logits) shifted, which moves its operating point: a class with a higher shift is
    /// called more often. Done in the last layer's bias, so that every program that runs the model follows.
    ///
    /// Throws `shapeMismatch` unless there is one shift per class, `notFinite` for NaN and infinity.
    public func shiftingScores(by shifts: [Float]) throws(NeuralNetError) -> SegmentationModel {
        let classes = network.outputChannels
        guard shifts.count == classes, let bias = network.parameters.last(where: { $0.role == .bias }),
            bias.count == classes
        else {
            throw NeuralNetError(
                .shapeMismatch, operation: "operating point",
                message: "The model has \(classes) classes, but \(shifts.count) shifts were given.")
        }
        guard shifts.allSatisfy(\.isFinite) else {
            throw NeuralNetError(
                .notFinite, operation: "operating point", message: "Shifts must be finite, but they are \(shifts).")
        }
        var model = self
        try model.parameters.set(bias.name, to: zip(try parameters.values(bias.name), shifts).map(+))
        return model
    }

    /// Writes the model durably; throws `fileAccess`, `notFinite`.
    public func save(
        to path: String, storage: SafetensorsWriter.FloatStorage = .float32
    ) throws(NeuralNetError) {
        let all = metadata.merging(architecture.metadata) { _, architecture in architecture }
        try parameters.save(to: path, metadata: all, storage: storage)
    }

    private static func openFile(_ path: String) throws(NeuralNetError) -> SafetensorsFile {
        do {
            return try SafetensorsFile(path: path)
        } catch let error as NeuralNetError {
            throw error
        } catch {
            throw NeuralNetError(
                .fileAccess, operation: "model \"\(path)\"", message: "The file cannot be opened.",
                cause: String(describing: error))
        }
    }
}
