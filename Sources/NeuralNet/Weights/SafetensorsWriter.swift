import Platform

/// Collects named tensors and writes them as one safetensors file.
///
/// The header lists the tensors in the order they were added, and is padded with spaces so that the data starts at a
/// multiple of 8. The data lies widest dtype first, otherwise in the same order: the format allows no gaps, and
/// PyTorch views a tensor in place, which must be aligned to its element. The same calls give the same bytes.
public struct SafetensorsWriter: Sendable {
    /// How float tensors are stored.
    public enum FloatStorage: Hashable, Sendable {
        case float32
        /// Rounded to nearest, ties to even. Half the size; 11 significant bits, magnitudes from 6e-8 to 65504.
        case float16

        var dtype: StorageDtype { self == .float32 ? .float32 : .float16 }
    }

    let operation = "writing weights"
    private let metadata: [String: String]
    private let storage: FloatStorage
    private let allowsNonFinite: Bool
    private var tensors: [Tensor] = []
    private var names: Set<String> = []

    private struct Tensor: Sendable {
        let name: String
        let shape: [Int]
        let dtype: StorageDtype
        let byteCount: Int
        let payload: Payload
    }

    private enum Payload: Sendable {
        case floats([Float])
        case integers([Int64])
    }

    /// - Parameters:
    ///   - metadata: the file's `__metadata__`.
    ///   - storage: for the float tensors that do not name another.
    ///   - allowsNonFinite: whether NaN and infinities are stored; by default they are an error, because a network
    ///     that holds one computes nothing.
    public init(metadata: [String: String] = [:], storage: FloatStorage = .float32, allowsNonFinite: Bool = false) {
        self.metadata = metadata
        self.storage = storage
        self.allowsNonFinite = allowsNonFinite
    }

    /// Adds a float tensor, in C order; `storage` overrides the file's.
    ///
    /// Throws `invalidArgument` for a name that is taken or reserved, for more than 65,536 tensors and for a finite
    /// value that float16 storage would turn into infinity, `shapeMismatch` when the values do not fill `shape`, `notFinite` for NaN or infinity.
    public mutating func add(
        _ name: String, shape: [Int], floats: [Float], storage: FloatStorage? = nil
    ) throws {
        let dtype = (storage ?? self.storage).dtype
        try requireStorable(floats, name: name, dtype: dtype)
        try add(name, shape: shape, dtype: dtype, count: floats.count, payload: .floats(floats))
    }

    /// Adds a tensor of int64, in C order, such as `num_batches_tracked` with shape [].
    ///
    /// Throws `invalidArgument` for a name that is taken or reserved and for more than 65,536 tensors,
    /// `shapeMismatch` when the values do not fill `shape`.
    public mutating func add(_ name: String, shape: [Int], integers: [Int64]) throws {
        try add(name, shape: shape, dtype: .int64, count: integers.count, payload: .integers(integers))
    }

    /// Writes the file durably: a temporary file in the same folder, fsync, rename, fsync of the folder.
    ///
    /// Throws `fileAccess` when the file cannot be written completely, for example on a full disk; the destination is
    /// then as it was. Throws `invalidArgument` when names and metadata exceed the format's 100 MB header or
    /// there are more than 65,536 metadata.
    public func write(to path: String) throws {
        try write(to: path, calls: .system)
    }

    package func write(to path: String, calls: FileSystemCalls) throws {
        let header = try encodedHeader()
        try writeDurably(to: path, operation: "writing \(quotedForMessage(path))", calls: calls) { file in
            try header.withUnsafeBytes { try file.append($0) }
            for tensor in dataOrder() {
                try SafetensorsWriter.append(tensor, to: file)
            }
        }
    }

    private mutating func add(
        _ name: String, shape: [Int], dtype: StorageDtype, count: Int, payload: Payload
    ) throws {
        guard name != SafetensorsHeader.metadataKey else {
            throw failure(.invalidArgument, name, "has a name that the format reserves")
        }
        guard !names.contains(name) else { throw failure(.invalidArgument, name, "was added twice") }
        guard tensors.count < SafetensorsHeader.maximumEntryCount else {
            throw failure(
                .invalidArgument, name, "would be one more than \(SafetensorsHeader.maximumEntryCount) tensors")
        }
        guard shape.count <= maximumStoredRank, let expected = elementCount(of: shape),
            let byteCount = dtype.byteCount(shape: shape)
        else { throw failure(.shapeMismatch, name, "has an impossible shape \(shape)") }
        guard expected == count else {
            throw failure(.shapeMismatch, name, "of shape \(shape) needs \(expected) values, but has \(count)")
        }
        names.insert(name)
        tensors.append(Tensor(name: name, shape: shape, dtype: dtype, byteCount: byteCount, payload: payload))
    }

    /// The check is one vectorised pass for the largest magnitude; the culprit is only searched for when there is one.
    private func requireStorable(_ values: [Float], name: String, dtype: StorageDtype) throws {
        let limit = dtype == .float16 ? HalfPrecision.overflowThreshold : Float.infinity
        var largest: UInt32 = 0
        for value in values { largest = max(largest, value.bitPattern & 0x7fff_ffff) }
        // Magnitudes order like their bits, with infinity above every number and NaN above infinity.
        guard largest >= limit.bitPattern else { return }
        for (index, value) in values.enumerated() {
            if !value.isFinite && !allowsNonFinite {
                throw failure(.notFinite, name, "holds \(value) at element \(index)")
            }
            if value.isFinite && value.magnitude >= limit {
                throw failure(.invalidArgument, name, "holds \(value) at element \(index), beyond float16's 65504")
            }
        }
    }

    private func dataOrder() -> [Tensor] {
        // Sorting by the position too makes the order stable.
        tensors.enumerated()
            .sorted { (-$0.element.dtype.bitWidth, $0.offset) < (-$1.element.dtype.bitWidth, $1.offset) }
            .map(\.element)
    }

    private func encodedHeader() throws -> [UInt8] {
        var offsets: [String: Int] = [:]
        var end = 0
        for tensor in dataOrder() {
            offsets[tensor.name] = end
            end += tensor.byteCount
        }
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
            members.append("\"\(SafetensorsHeader.metadataKey)\":{\(pairs.joined(separator: ","))}")
        }
        for tensor in tensors {
            let begin = offsets[tensor.name]!
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(jsonString(tensor.name)):{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(begin + tensor.byteCount)]}")
        }
        var json = Array("{\(members.joined(separator: ","))}".utf8)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        guard json.count <= SafetensorsHeader.maximumByteCount, metadata.count <= SafetensorsHeader.maximumEntryCount
        else {
            throw NeuralNetError(
                .invalidArgument, operation: operation,
                message: "The header would have \(json.count) bytes and \(metadata.count) metadata; at most "
                    + "\(SafetensorsHeader.maximumByteCount) and \(SafetensorsHeader.maximumEntryCount) are allowed.")
        }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    private static func append(_ tensor: Tensor, to file: borrowing DurableFile) throws {
        switch tensor.payload {
        case .integers(let integers): try integers.withUnsafeBytes { try file.append($0) }
        case .floats(let floats) where tensor.dtype == .float32: try floats.withUnsafeBytes { try file.append($0) }
        case .floats(let floats):
            // In pieces that stay in the cache, so that half a copy of the network is never in memory.
            let pieceCount = 1 << 16
            for start in stride(from: 0, to: floats.count, by: pieceCount) {
                let piece = floats[start..<min(start + pieceCount, floats.count)].map(HalfPrecision.half)
                try piece.withUnsafeBytes { try file.append($0) }
            }
        }
    }

    private func failure(_ code: NeuralNetError.Code, _ name: String, _ message: String) -> NeuralNetError {
        NeuralNetError(code, operation: operation, message: "Tensor \(quotedForMessage(name)) \(message).")
    }
}

/// `text` as a JSON string.
private func jsonString(_ text: String) -> String {
    var json: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
        case 0..<0x20: json += Array((byte < 16 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
        default: json.append(byte)
        }
    }
    json.append(UInt8(ascii: "\""))
    return String(decoding: json, as: UTF8.self)
}
