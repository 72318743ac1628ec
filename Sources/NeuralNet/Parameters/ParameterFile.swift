/// Parameters in safetensors files, as PyTorch's `state_dict` saved with the `safetensors` package.
extension ParameterStore {
    /// Loads the parameters of `network`; float32 or float16 storage. Values stay in the mapped file until they are
    /// asked for.
    ///
    /// Throws `parameterMismatch` when the file lacks a parameter, has another besides, or one has another shape;
    /// `notFinite` for NaN or infinite values. A file without `num_batches_tracked` is accepted: it counts as 0.
    public init(file: SafetensorsFile, network: Network) throws(NeuralNetError) {
        try self.init(file: file, network: network, beside: [])
    }

    /// The same for a file that holds the tensors `beside` too.
    init(file: SafetensorsFile, network: Network, beside: Set<String>) throws(NeuralNetError) {
        let expected = beside.union(network.parameters.map(\.name))
        if let unknown = file.names.first(where: { !expected.contains($0) }) {
            throw NeuralNetError(
                .parameterMismatch, operation: "parameter \"\(unknown)\"",
                message: "The file holds it, but the network has no such parameter.")
        }
        try self.init(network: network) { spec throws(NeuralNetError) in
            try ParameterStore.entry(spec, in: file)
        }
    }

    /// Writes all parameters; `metadata` goes into the file's header. Throws `fileAccess`, `notFinite`.
    public func save(
        to path: String, metadata: [String: String] = [:],
        storage: SafetensorsWriter.FloatStorage = .float32
    ) throws(NeuralNetError) {
        var writer = SafetensorsWriter(metadata: metadata)
        for spec in specs { try add(spec, to: &writer, storage: storage) }
        try readingFile { try writer.write(to: path) }
    }

    /// Adds one parameter to a file. Only convolution weights are ever stored as float16: the other parameters are few,
    /// and statistics can exceed its range.
    func add(
        _ spec: ParameterSpec, to writer: inout SafetensorsWriter, storage: SafetensorsWriter.FloatStorage
    ) throws(NeuralNetError) {
        if spec.layout == .scalar {
            let counter = try counter(spec.name)
            try readingFile { try writer.add(spec.name, shape: spec.shape, integers: [counter]) }
        } else {
            let values = try values(spec.name)
            let storage = spec.role == .weight ? storage : .float32
            try readingFile { try writer.add(spec.name, shape: spec.shape, floats: values, storage: storage) }
        }
    }

    private static func entry(_ spec: ParameterSpec, in file: SafetensorsFile) throws(NeuralNetError) -> Entry {
        guard file.contains(spec.name) else {
            if spec.role == .batchesTracked { return .counter(0) }
            throw NeuralNetError(
                .parameterMismatch, operation: "parameter \"\(spec.name)\"",
                message: "The file lacks it; expected shape \(spec.shape).")
        }
        let stored = try readingFile { try file.entry(spec.name) }
        guard stored.shape == spec.shape else {
            throw NeuralNetError(
                .parameterMismatch, operation: "parameter \"\(spec.name)\"",
                message: "The network expects shape \(spec.shape), but the file holds \(stored.shape).")
        }
        if spec.layout == .scalar {
            return .counter(try readingFile { try file.integers(spec.name) }.first ?? 0)
        }
        try checkFinite(try readingFile { try file.floats(spec.name) }, name: spec.name)
        return .stored(file)
    }
}
