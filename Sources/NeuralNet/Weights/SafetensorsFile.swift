/// A safetensors file, opened read-only and validated before anything of it is exposed.
///
/// The header must be a JSON object of at most 100 MB; every tensor's bytes must fit its dtype and shape exactly, and
/// together they must cover the rest of the file without gap or overlap. Values are not looked at: a file may hold NaN.
///
/// A mapped file that someone shortens in place after it was opened ends the process with SIGBUS when a lost page is
/// touched; see `FileLoading`. Its size is taken once, when it is opened.
///
/// Names are compared as Swift strings, by canonical equivalence: a file with two names that differ only in Unicode
/// normalisation is refused as having a duplicate.
public struct SafetensorsFile: Sendable {
    /// What a tensor is made of; the order of `shape` is PyTorch's, the last dimension contiguous.
    public struct Entry: Hashable, Sendable {
        public let dtype: StorageDtype
        public let shape: [Int]

        public init(dtype: StorageDtype, shape: [Int]) {
            self.dtype = dtype
            self.shape = shape
        }
    }

    /// The tensors' names in the order of the header.
    public var names: [String] { header.names }
    /// The file's `__metadata__`, empty when there is none.
    public var metadata: [String: String] { header.metadata }

    private let file: FileBytes
    private let header: SafetensorsHeader
    private let operation: String

    /// Opens and validates the file at `path`.
    ///
    /// Throws `fileAccess` when it is missing, unreadable or not a regular file, `outOfMemory` when it is larger than
    /// `maximumBytes`, `malformedFile` for every violation of the format, `unsupported` for an unknown dtype or
    /// more than 65,536 tensors.
    public init(
        path: String, loading: FileLoading = .mapped, maximumBytes: Int = defaultMaximumFileBytes
    ) throws {
        operation = "reading \(quotedForMessage(path))"
        file = try FileBytes(path: path, loading: loading, maximumBytes: maximumBytes, operation: operation)
        header = try SafetensorsHeader(file, operation: operation)
    }

    /// Validates a file that is already in memory; `label` names it in errors. Throws as `init(path:)` does.
    public init(bytes: [UInt8], label: String) throws {
        operation = "reading \(quotedForMessage(label))"
        file = try FileBytes(bytes, operation: operation)
        header = try SafetensorsHeader(file, operation: operation)
    }

    /// Whether the file has a tensor of that name.
    public func contains(_ name: String) -> Bool { header.tensors[name] != nil }

    /// Dtype and shape of a tensor; throws `parameterMismatch` when there is none of that name.
    public func entry(_ name: String) throws -> Entry { try tensor(name).entry }

    /// The values of a F32, F16, BF16 or F64 tensor, in C order.
    ///
    /// F16 and BF16 convert exactly, subnormals, infinities and NaN included; F64 rounds to nearest even.
    /// Throws `parameterMismatch` for an unknown name, `unsupported` for another dtype, `notFinite` for a finite F64
    /// value beyond float32's range, `outOfMemory`.
    public func floats(_ name: String) throws -> [Float] {
        let tensor = try tensor(name)
        guard tensor.entry.dtype.isConvertibleFloat else { throw unsupported(name, tensor, "F32, F16, BF16 or F64") }
        return try file.withBytes(tensor.range) { try decoder(name, tensor).floats($0) }
    }

    /// The values of a tensor of integers or booleans, in C order, such as `num_batches_tracked`.
    ///
    /// Throws `parameterMismatch` for an unknown name, `unsupported` for another dtype or a U64 value beyond
    /// Int64's range, `malformedFile` for a boolean that is neither 0 nor 1, `outOfMemory`.
    public func integers(_ name: String) throws -> [Int64] {
        let tensor = try tensor(name)
        guard tensor.entry.dtype.isInteger else { throw unsupported(name, tensor, "integers or BOOL") }
        return try file.withBytes(tensor.range) { try decoder(name, tensor).integers($0) }
    }

    /// Calls `body` with the stored bytes of a tensor of any dtype.
    ///
    /// The bytes are valid only during the call and need not be aligned to the element. Throws `parameterMismatch`
    /// for an unknown name, and what `body` throws.
    public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        try file.withBytes(try tensor(name).range, body)
    }

    private func tensor(_ name: String) throws -> SafetensorsHeader.Tensor {
        guard let tensor = header.tensors[name] else {
            throw NeuralNetError(
                .parameterMismatch, operation: operation,
                message: "The file has no tensor \(quotedForMessage(name)) among its \(names.count).")
        }
        return tensor
    }

    private func decoder(_ name: String, _ tensor: SafetensorsHeader.Tensor) -> ElementDecoder {
        ElementDecoder(dtype: tensor.entry.dtype, operation: operation, subject: "Tensor \(quotedForMessage(name))")
    }

    private func unsupported(
        _ name: String, _ tensor: SafetensorsHeader.Tensor, _ expected: String
    ) -> NeuralNetError {
        NeuralNetError(
            .unsupported, operation: operation,
            message: "Tensor \(quotedForMessage(name)) is \(tensor.entry.dtype.rawValue); expected \(expected).")
    }
}
