/// The values of a network's parameters, with PyTorch's names and element order.
///
/// The store knows which parameters its network has and keeps their shapes: a value of another size never enters it.
/// Values of a mapped file are read when they are asked for.
public struct ParameterStore: Sendable {
    /// The parameters, in PyTorch's order.
    public let specs: [ParameterSpec]
    private var entries: [String: Entry]
    private let specsByName: [String: ParameterSpec]

    enum Entry: Sendable {
        case values([Float])
        case counter(Int64)
        /// Under this name in a file that has been checked against the parameter's shape.
        case stored(SafetensorsFile)
    }

    /// A store with what `make` gives for every parameter.
    init<Failure: Error>(network: Network, _ make: (ParameterSpec) throws(Failure) -> Entry) throws(Failure) {
        specs = network.parameters
        var entries: [String: Entry] = [:]
        var specsByName: [String: ParameterSpec] = [:]
        for spec in specs {
            entries[spec.name] = try make(spec)
            specsByName[spec.name] = spec
        }
        self.entries = entries
        self.specsByName = specsByName
    }

    /// The values of a parameter in PyTorch's element order (OIHW; transposed convolutions IOHW).
    ///
    /// Throws `parameterMismatch` for an unknown name or a scalar, and what reading its file throws.
    public func values(_ name: String) throws(NeuralNetError) -> [Float] {
        switch try entry(name) {
        case .values(let values): return values
        case .stored(let file): return try readingFile { try file.floats(name) }
        case .counter: throw mismatch(name, "It is an integer, not a tensor of floats.")
        }
    }

    /// The value of an integer parameter, such as `num_batches_tracked`.
    public func counter(_ name: String) throws(NeuralNetError) -> Int64 {
        guard case .counter(let value) = try entry(name) else {
            throw mismatch(name, "It is a tensor of floats, not an integer.")
        }
        return value
    }

    /// Replaces the values of a parameter, in PyTorch's element order.
    ///
    /// Throws `parameterMismatch` for an unknown name, `shapeMismatch` for a wrong number of values.
    public mutating func set(_ name: String, to values: [Float]) throws(NeuralNetError) {
        let spec = try spec(name)
        guard spec.layout != .scalar else { throw mismatch(name, "It is an integer, not a tensor of floats.") }
        guard values.count == spec.count else {
            throw NeuralNetError(
                .shapeMismatch, operation: "parameter \"\(name)\"",
                message: "Its shape \(spec.shape) has \(spec.count) values, but \(values.count) were given.")
        }
        entries[name] = .values(values)
    }

    /// Replaces an integer parameter; throws `parameterMismatch` for an unknown name or a tensor of floats.
    public mutating func set(_ name: String, to counter: Int64) throws(NeuralNetError) {
        guard try spec(name).layout == .scalar else {
            throw mismatch(name, "It is a tensor of floats, not an integer.")
        }
        entries[name] = .counter(counter)
    }

    /// Takes another store's values of all parameters that agree in name and shape, for example of a network that was
    /// trained on another task. Throws what reading them throws.
    public mutating func adopt(_ other: ParameterStore) throws(NeuralNetError) {
        for spec in specs where other.specsByName[spec.name]?.shape == spec.shape {
            entries[spec.name] = try other.entry(spec.name)
        }
    }

    /// FNV-1a over all values, in hexadecimal: the same for the same weights, wherever they are stored. Throws what reading
    /// them throws.
    public func fingerprint() throws(NeuralNetError) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for spec in specs where spec.layout != .scalar {
            for value in try values(spec.name) { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }

    /// Throws `notFinite`, naming the parameter, when a value is NaN or infinite.
    public func checkFinite() throws(NeuralNetError) {
        for spec in specs where spec.layout != .scalar {
            try ParameterStore.checkFinite(try values(spec.name), name: spec.name)
        }
    }

    /// Throws `parameterMismatch` unless the store has exactly the parameters of `network`, in name and shape.
    public func checkMatches(_ network: Network) throws(NeuralNetError) {
        let expected = network.parameters
        let names = Set(expected.map(\.name))
        for spec in specs where !names.contains(spec.name) {
            throw mismatch(spec.name, "The network has no such parameter.")
        }
        for spec in expected {
            guard let own = specsByName[spec.name] else { throw mismatch(spec.name, "The parameter is missing.") }
            guard own.shape == spec.shape else {
                throw mismatch(spec.name, "The network expects shape \(spec.shape), but it is \(own.shape).")
            }
        }
    }

    static func checkFinite(_ values: [Float], name: String) throws(NeuralNetError) {
        // Magnitudes order like their bits, infinity above every number and NaN above infinity: one vectorised pass.
        let largest = values.reduce(UInt32(0)) { max($0, $1.bitPattern & 0x7fff_ffff) }
        guard largest >= Float.infinity.bitPattern, let bad = values.firstIndex(where: { !$0.isFinite }) else { return }
        throw NeuralNetError(
            .notFinite, operation: "parameter \"\(name)\"",
            message: "Weights must be finite numbers, but element \(bad) of \(values.count) is \(values[bad]).")
    }

    private func entry(_ name: String) throws(NeuralNetError) -> Entry {
        guard let entry = entries[name] else { throw mismatch(name, "The network has no such parameter.") }
        return entry
    }

    private func spec(_ name: String) throws(NeuralNetError) -> ParameterSpec {
        guard let spec = specsByName[name] else { throw mismatch(name, "The network has no such parameter.") }
        return spec
    }

    private func mismatch(_ name: String, _ message: String) -> NeuralNetError {
        NeuralNetError(.parameterMismatch, operation: "parameter \"\(name)\"", message: message)
    }
}

/// Calls code that throws `NeuralNetError` without saying so in its type.
func readingFile<Result>(_ body: () throws -> Result) throws(NeuralNetError) -> Result {
    do {
        return try body()
    } catch let error as NeuralNetError {
        throw error
    } catch {
        throw NeuralNetError(
            .fileAccess, operation: "parameter file", message: "The file cannot be read or written.",
            cause: String(describing: error))
    }
}
