/// The header of a safetensors file, completely validated.
///
/// Format: <https://github.com/huggingface/safetensors#format>. Beyond the reference implementation, this refuses
/// duplicate keys, unknown keys in an entry, a `__metadata__` of null, more than 64 dimensions, and more than 65,536
/// tensors or metadata, which would take seconds and hundreds of megabytes before anything is known about the file.
struct SafetensorsHeader {
    struct Tensor {
        let entry: SafetensorsFile.Entry
        /// Where its bytes are, from the start of the file.
        let range: Range<Int>
    }

    /// The format's own limit on the header, in bytes.
    static let maximumByteCount = 100_000_000
    /// The most tensors, and the most metadata, that a file may have here.
    static let maximumEntryCount = 1 << 16
    static let metadataKey = "__metadata__"

    private(set) var names: [String] = []
    private(set) var tensors: [String: Tensor] = [:]
    private(set) var metadata: [String: String] = [:]

    /// Reads and validates the header of `file`; throws `malformedFile`, or `unsupported` for too many entries
    /// and for a dtype that this version does not know, because the size of its tensor cannot be checked.
    init(_ file: FileBytes, operation: String) throws {
        let (headerBytes, dataStart) = try SafetensorsHeader.bytes(of: file, operation: operation)
        var scanner = HeaderScanner(headerBytes, operation: operation)
        guard headerBytes.first == UInt8(ascii: "{") else { throw scanner.malformed("expected \"{\"") }
        var hasMetadata = false
        try scanner.object { scanner, key in
            if key == SafetensorsHeader.metadataKey {
                guard !hasMetadata else { throw scanner.malformed("\(SafetensorsHeader.metadataKey) occurs twice") }
                hasMetadata = true
                metadata = try SafetensorsHeader.metadata(&scanner, operation: operation)
            } else {
                guard tensors[key] == nil else {
                    throw scanner.malformed("tensor \(quotedForMessage(key)) occurs twice")
                }
                guard tensors.count < SafetensorsHeader.maximumEntryCount else {
                    throw SafetensorsHeader.tooMany("tensors", operation: operation)
                }
                let declaration = try TensorDeclaration(&scanner, name: key, operation: operation)
                tensors[key] = try declaration.validated(
                    dataStart: dataStart, fileByteCount: file.count, operation: operation)
                names.append(key)
            }
        }
        try scanner.end()
        try requireContiguity(dataStart: dataStart, fileByteCount: file.count, operation: operation)
    }

    private static func bytes(of file: FileBytes, operation: String) throws -> ([UInt8], dataStart: Int) {
        func malformed(_ message: String) -> NeuralNetError {
            NeuralNetError(.malformedFile, operation: operation, message: message)
        }
        guard file.count >= 8 else {
            throw malformed("A safetensors file has at least 8 bytes; this one has \(file.count).")
        }
        let length = file.withBytes(0..<8) { $0.loadUnaligned(as: UInt64.self) }
        guard length <= UInt64(maximumByteCount) else {
            throw malformed("The header claims \(length) bytes; the format allows \(maximumByteCount).")
        }
        guard Int(length) <= file.count - 8 else {
            throw malformed("The header claims \(length) bytes, but only \(file.count - 8) follow.")
        }
        return (file.array(8..<8 + Int(length)), dataStart: 8 + Int(length))
    }

    private static func metadata(
        _ scanner: inout HeaderScanner, operation: String
    ) throws -> [String: String] {
        var metadata: [String: String] = [:]
        try scanner.object { scanner, key in
            guard metadata[key] == nil else {
                throw scanner.malformed("metadata \(quotedForMessage(key)) occurs twice")
            }
            guard metadata.count < maximumEntryCount else { throw tooMany("metadata", operation: operation) }
            metadata[key] = try scanner.string()
        }
        return metadata
    }

    private static func tooMany(_ what: String, operation: String) -> NeuralNetError {
        NeuralNetError(
            .unsupported, operation: operation, message: "The file has more than \(maximumEntryCount) \(what).")
    }

    /// The format's rule that the tensors cover the data exactly: no overlap, no gap, nothing after the last.
    private func requireContiguity(dataStart: Int, fileByteCount: Int, operation: String) throws {
        let ordered = tensors.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound)
                < ($1.value.range.lowerBound, $1.value.range.upperBound)
        }
        var end = dataStart
        for (name, tensor) in ordered {
            guard tensor.range.lowerBound == end else {
                let problem = tensor.range.lowerBound < end ? "overlaps the one before it" : "leaves a gap before it"
                throw NeuralNetError(
                    .malformedFile, operation: operation,
                    message: "Tensor \(quotedForMessage(name)) \(problem): it starts at byte "
                        + "\(tensor.range.lowerBound - dataStart) of the data, expected \(end - dataStart).")
            }
            end = tensor.range.upperBound
        }
        guard end == fileByteCount else {
            throw NeuralNetError(
                .malformedFile, operation: operation,
                message: "The tensors end at byte \(end) of the file, but it has \(fileByteCount).")
        }
    }
}

/// What the header says about one tensor, before it is believed.
private struct TensorDeclaration {
    let name: String
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?

    init(_ scanner: inout HeaderScanner, name: String, operation: String) throws {
        self.name = name
        try scanner.object { scanner, key in
            switch key {
            case "dtype" where dtype == nil: dtype = try scanner.string()
            case "shape" where shape == nil: shape = try scanner.integers(limit: maximumStoredRank)
            case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2)
            case "dtype", "shape", "data_offsets":
                throw scanner.malformed("\(key) occurs twice in tensor \(quotedForMessage(name))")
            default:
                throw scanner.malformed("tensor \(quotedForMessage(name)) has an unknown key \(quotedForMessage(key))")
            }
        }
    }

    /// Checks that the declaration is complete, that dtype and shape fill the byte range exactly, and that the range
    /// lies within the file.
    func validated(dataStart: Int, fileByteCount: Int, operation: String) throws -> SafetensorsHeader.Tensor {
        func failure(_ code: NeuralNetError.Code = .malformedFile, _ message: String) -> NeuralNetError {
            NeuralNetError(code, operation: operation, message: "Tensor \(quotedForMessage(name)) \(message).")
        }
        guard let dtype, let shape, let offsets, offsets.count == 2 else {
            throw failure(.malformedFile, "needs a dtype, a shape and two data_offsets")
        }
        guard let known = StorageDtype(rawValue: dtype) else {
            throw failure(.unsupported, "has the unknown dtype \(quotedForMessage(dtype))")
        }
        guard let expected = known.byteCount(shape: shape) else {
            throw failure(.malformedFile, "of dtype \(dtype) has an impossible shape \(shape)")
        }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end, end <= fileByteCount - dataStart else {
            throw failure(
                .malformedFile, "claims bytes \(begin) to \(end) of the data, which has \(fileByteCount - dataStart)")
        }
        guard end - begin == expected else {
            throw failure(
                .malformedFile, "of dtype \(dtype) and shape \(shape) needs \(expected) bytes, but has \(end - begin)")
        }
        return SafetensorsHeader.Tensor(
            entry: SafetensorsFile.Entry(dtype: known, shape: shape),
            range: dataStart + begin..<dataStart + end)
    }
}
