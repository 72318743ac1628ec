/// Training states in safetensors files: the parameters under their own names, so that a checkpoint is a model file with
/// something added, and the moments under `adam.first.` and `adam.second.`.
extension TrainingState {
    private static let first = "adam.first."
    private static let second = "adam.second."
    private static let stepKey = "step"

    /// Writes the state durably, float32. Throws `fileAccess`, `notFinite`.
    public func save(to path: String, metadata: [String: String] = [:]) throws(NeuralNetError) {
        var metadata = metadata
        metadata[TrainingState.stepKey] = String(step)
        var writer = SafetensorsWriter(metadata: metadata)
        for spec in parameters.specs {
            try parameters.add(spec, to: &writer, storage: .float32)
            guard let one = firstMoments[spec.name], let two = secondMoments[spec.name] else { continue }
            try readingFile {
                try writer.add(TrainingState.first + spec.name, shape: spec.shape, floats: one)
                try writer.add(TrainingState.second + spec.name, shape: spec.shape, floats: two)
            }
        }
        try readingFile { try writer.write(to: path) }
    }

    /// Reads a state of `network`. Throws `fileAccess`, `malformedFile` without a step, `parameterMismatch`, `notFinite`.
    public init(path: String, network: Network) throws(NeuralNetError) {
        let file = try readingFile { try SafetensorsFile(path: path) }
        guard let step = file.metadata[TrainingState.stepKey].flatMap({ Int($0) }), step >= 0 else {
            throw NeuralNetError(
                .malformedFile, operation: "checkpoint \"\(path)\"",
                message: "The file's metadata does not say how many steps were taken.")
        }
        let trainable = network.parameters.filter { $0.role.isTrainable }
        let moments = trainable.flatMap { [TrainingState.first + $0.name, TrainingState.second + $0.name] }
        parameters = try ParameterStore(file: file, network: network, beside: Set(moments))
        firstMoments = [:]
        secondMoments = [:]
        for spec in trainable {
            firstMoments[spec.name] = try readingFile { try file.floats(TrainingState.first + spec.name) }
            secondMoments[spec.name] = try readingFile { try file.floats(TrainingState.second + spec.name) }
        }
        self.step = step
    }
}
